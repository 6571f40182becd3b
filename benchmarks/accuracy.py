"""Recurrent networks, recipes, hybrids and their classical rivals on the same splits.

Run ``python benchmarks/accuracy.py FOLDER``. Every fit adds a line to FOLDER/accuracy.csv and its answers to
FOLDER/answers, and fits that stand there are skipped, so that a run can be stopped and gone on with; on each
split, all models have their turn before the next, the cheap ones first. ``--only bbbp`` measures one data
set, ``--model LSTM`` one model, ``--table`` only prints what is there, ``--jobs 1`` leaves the other cores
alone, ``--quick`` is a rehearsal of some minutes, into FOLDER/quick, whose scores mean nothing. Each fit has
one thread; times are of the CPU, so that they mean the same beside other work.

=============  ==========================================================================================
promoters      106 sequences, leave-one-out
molecules      1,017 molecules that ship with RDKit, ten random splits, stratified
esol           1,128 molecules, ten random splits; what is the same molecule but for stereochemistry is
               one group, which is never split
bbbp           each molecule once, as canonical SMILES without stereochemistry, those with two labels left
               out: 1,940; ten random splits, stratified, and ten splits by scaffold
splice         3,188 sequences, ten stratified folds; equal sequences, on either strand, are one group, and
               the one group with two labels, a pair, is left out
binding sites  of RAD21: the published split, 2,000 sequences to train and 2,000 to test; three seeds
=============  ==========================================================================================

Splits leave a fifth for the test, folds a tenth. The seed of a model is the number of its split. Nothing is
chosen here by any of these test rows: a search looks at training rows only. But some defaults were:
`defaults.py` compared those of the networks with others on parts of all these sets, and the forests' for
numbers, those of their authors, were compared on esol. The constants of the fine-tuned network and of the
joint network were set with a look at the first splits of bbbp, esol and molecules.

Votes are means of the answers of models that stand in the table, as those of VotingClassifier and
VotingRegressor.

The tables compare each model with the best rival, which is the one with the best mean, so that luck favours
it. They use the splits that all models have. Intervals and p-values are Nadeau and Bengio's for overlapping
training sets, as in `seqestimators.model_selection.compare`. Of leave-one-out, errors are counted, with the
exact binomial interval, and compared by McNemar's exact test; both take the errors for independent. The
adjusted p-values are Holm's, for all rows of a table. On the published split the interval is that of 1,000
bootstrap samples of its test rows, the seeds averaged. What isn't bundled is downloaded unless
SEQESTIMATORS_DATA names the folder that has it.
"""

import argparse
import csv
import os
import re
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import torch
from accuracy_tasks import NETWORKS, TASKS, VOTES, VOTES_OF_NUMBERS
from joblib import Parallel, delayed, parallel_config
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score, root_mean_squared_error

from seqestimators.model_selection.comparison import _adjust_holm, _test_differences

ALPHA = 0.05
KEYS = ["dataset", "split", "fold", "model"]

# Of true and predicted values, the latter as probabilities of the classes, or what ranks them, if there are
# classes.
SCORES = {
    "roc_auc": lambda true, predicted, classes: roc_auc_score(true, predicted[:, 1]),
    "accuracy": lambda true, predicted, classes: accuracy_score(true, classes[predicted.argmax(axis=1)]),
    "rmse": lambda true, predicted, classes: root_mean_squared_error(true, predicted),
    "r2": lambda true, predicted, classes: r2_score(true, predicted),
}
TITLES = {"roc_auc": "ROC-AUC", "accuracy": "accuracy", "rmse": "RMSE", "r2": "R²"}
COLUMNS = [*KEYS, "n_train", "n_test", *SCORES, "fit_cpu_seconds", "predict_cpu_seconds"]


# Measuring


def predict(model, X):
    """Probabilities of the classes, or margins of two where there are none; numbers of a regressor."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    if not hasattr(model, "classes_"):
        return model.predict(X)
    margin = model.decision_function(X)
    return np.column_stack([-margin, margin])


def score(task, y_true, y_train, answers):
    classes = np.unique(y_train)
    return {name: SCORES[name](y_true, answers, classes) for name in task.scores}


def measure(folder, key, model, X, y, train, test):
    """A row of results; the answers are kept in a file."""
    torch.set_num_threads(1)
    start = time.process_time()
    model.fit(X[train], y[train])
    fitted = time.process_time()
    answers = predict(model, X[test])
    end = time.process_time()
    np.save(answers_path(folder, *key), answers.astype(np.float32))
    return {
        **dict(zip(KEYS, key, strict=True)),
        "n_train": len(train),
        "n_test": len(test),
        **{name: f"{value:.6g}" for name, value in score(TASKS[key[0]], y[test], y[train], answers).items()},
        "fit_cpu_seconds": f"{fitted - start:.4g}",
        "predict_cpu_seconds": f"{end - fitted:.4g}",
    }


def answers_path(folder, dataset, split, fold, model):
    name = re.sub("[^a-z0-9]+", "-", f"{dataset} {split} {fold} {model}".lower())
    return folder / "answers" / f"{name}.npy"


def list_folds(name, quick):
    """Data of a set, and each split with its number."""
    X, y, groups = TASKS[name].load()
    if quick:
        step = len(X) // 100
        X, y, groups = X[::step], y[::step], None if groups is None else groups[::step]
    for split, make_splitter in TASKS[name].splitters.items():
        for fold, (train, test) in enumerate(make_splitter(2 if quick else 10).split(X, y, groups)):
            if quick and fold == 2:
                break
            yield X, y, split, fold, train, test


def list_jobs(name, done, quick, only):
    """Arguments of `measure` for all that isn't done: all models on the first split, then on the next."""
    for X, y, split, fold, train, test in list_folds(name, quick):
        for model_name, model in TASKS[name].make_models(fold).items():
            key = name, split, fold, model_name
            if key in done or (only and model_name not in only):
                continue
            for parameter in model.get_params():
                is_own = "pretrained" not in parameter and "frozenestimator" not in parameter
                if quick and is_own and parameter.endswith("max_epochs"):
                    model.set_params(**{parameter: 1})
            yield key, model, X, y, train, test


def run(folder, path, names, n_jobs, quick, only):
    done = set(read_results(path)[KEYS].itertuples(index=False, name=None))
    (folder / "answers").mkdir(parents=True, exist_ok=True)
    for name in names:
        jobs = list(list_jobs(name, done, quick, only))
        print(f"{name}: {len(jobs)} fits to do", flush=True)
        with parallel_config("loky", inner_max_num_threads=1):
            parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)
            for row in parallel(delayed(measure)(folder, *job) for job in jobs):
                add_row(path, row)


def read_results(path):
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=COLUMNS)


def add_row(path, row):
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        if is_new:
            writer.writeheader()
        writer.writerow(row)
    print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def add_votes(folder, results, quick):
    """The results, and rows of the votes whose members are all there."""
    votes = []
    for name in results["dataset"].unique():
        of_set = results[results["dataset"] == name]
        votes_of_set = VOTES | VOTES_OF_NUMBERS if "rmse" in TASKS[name].scores else VOTES
        for _, y, split, fold, train, test in list_folds(name, quick):
            rows = of_set[(of_set["split"] == split) & (of_set["fold"] == fold)].set_index("model")
            for vote, members in votes_of_set.items():
                if not set(members) <= set(rows.index):
                    continue
                answers = np.mean(
                    [np.load(answers_path(folder, name, split, fold, member)) for member in members], axis=0
                )
                np.save(answers_path(folder, name, split, fold, vote), answers)
                row = rows.loc[list(members)]
                votes.append(
                    {
                        **dict(zip(KEYS, (name, split, fold, vote), strict=True)),
                        "n_train": len(train),
                        "n_test": len(test),
                        **score(TASKS[name], y[test], y[train], answers),
                        "fit_cpu_seconds": row["fit_cpu_seconds"].sum(),
                        "predict_cpu_seconds": row["predict_cpu_seconds"].sum(),
                    }
                )
    return pd.concat([results, pd.DataFrame(votes, columns=COLUMNS)], ignore_index=True)


# Tables


def print_tables(folder, results, quick):
    for (name, split), rows in results.groupby(["dataset", "split"], sort=False):
        scores = TASKS[name].scores
        values = rows.pivot(index="fold", columns="model", values=scores[0]).dropna()
        rows = rows[rows["fold"].isin(values.index)]
        print(f"\n{name}, {split}: {len(values)} splits that all models have", end="")
        if len(values) < 2:
            print(", too few for a table")
            continue
        print(f", about {rows['n_train'].median():.0f} rows to train on\n")
        if split == "leave-one-out":
            table = count_errors(values)
        elif split == "published":
            table = compare_seeds(folder, name, rows, values, scores, quick)
        else:
            table = compare_scores(rows, values, scores)
        seconds = rows.groupby("model")[["fit_cpu_seconds", "predict_cpu_seconds"]].median()
        table["fit, CPU s"] = seconds["fit_cpu_seconds"].map("{:.3g}".format)
        table["predict, CPU s"] = seconds["predict_cpu_seconds"].map("{:.2g}".format)
        print("| model |", " | ".join(table), "|")
        print("|---" * (len(table.columns) + 1) + "|")
        for model, cells in table.fillna("").iterrows():
            print(f"| {model} |", " | ".join(cells), "|")
    print(
        f"\nBetter and worse: than the best rival, with an adjusted p below {ALPHA}. No difference shown is "
        "not the same as equal: the interval says how large a difference may be. CPU seconds are medians."
    )


def is_rival(model):
    return not set(VOTES.get(model, [model])) & set(NETWORKS)


def compare_seeds(folder, name, rows, values, scores, quick):
    """Means over seeds on one split, and differences to the best rival by a bootstrap of the test rows."""
    models = values.mean().sort_values(ascending=False).index
    best = next(filter(is_rival, models))
    _, y, split, _, _, test = next(list_folds(name, quick))
    rank = {
        model: [np.load(answers_path(folder, name, split, fold, model))[:, 1] for fold in values.index]
        for model in models
    }
    generator = np.random.default_rng(0)
    samples = [generator.integers(len(test), size=len(test)) for _ in range(1000)]
    areas = {
        model: [np.mean([roc_auc_score(y[test][i], seed[i]) for seed in seeds]) for i in samples]
        for model, seeds in rank.items()
    }
    table = pd.DataFrame(index=models)
    for score_name in scores:
        by_model = rows.groupby("model")[score_name]
        mean, low, high = by_model.mean(), by_model.min(), by_model.max()
        table[TITLES[score_name]] = [f"{mean[m]:.3f} ({low[m]:.3f} to {high[m]:.3f})" for m in models]
    for model in models.drop(best):
        difference = np.subtract(areas[model], areas[best])
        low, high = np.quantile(difference, [ALPHA / 2, 1 - ALPHA / 2])
        table.loc[model, f"minus {best}"] = f"{values[model].mean() - values[best].mean():+.3f}"
        table.loc[model, "95 % interval"] = f"{low:+.3f} to {high:+.3f}"
    return table


def compare_scores(rows, values, scores):
    """Means, and differences to the best rival; a row for each model, the best first."""
    sign = -1 if scores[0] == "rmse" else 1
    models = (sign * values.mean()).sort_values(ascending=False).index
    best = next(filter(is_rival, models))
    table = pd.DataFrame(index=models)
    for score in scores:
        by_model = rows.groupby("model")[score]
        table[TITLES[score]] = by_model.mean().map("{:.3f}".format) + by_model.std().map(" ± {:.3f}".format)
    sizes = rows.drop_duplicates("fold")
    correction = (sizes["n_test"] / sizes["n_train"]).mean()
    tests = pd.DataFrame.from_dict(
        {
            model: _test_differences((values[model] - values[best]).to_numpy(), correction, 0.0, ALPHA)
            for model in models.drop(best)
        },
        orient="index",
    )
    table[f"minus {best}"] = tests["difference"].map("{:+.3f}".format)
    table["95 % interval"] = tests["low"].map("{:+.3f} to ".format) + tests["high"].map("{:+.3f}".format)
    return add_verdicts(table, tests["p_value"], sign * tests["difference"])


def count_errors(values):
    """Errors, and where the best rival is right or wrong instead; a row for each model, the best first."""
    wrong = values == 0
    models = wrong.sum().sort_values(kind="stable").index
    best = next(filter(is_rival, models))
    table, p_values, gains = pd.DataFrame(index=models), {}, {}
    for model in models:
        n_wrong = int(wrong[model].sum())
        low, high = binomtest(n_wrong, len(wrong)).proportion_ci(1 - ALPHA, method="exact")
        table.loc[model, f"errors of {len(wrong)}"] = str(n_wrong)
        table.loc[model, "error rate"] = f"{n_wrong / len(wrong):.3f}"
        table.loc[model, "95 % interval"] = f"{low:.3f} to {high:.3f}"
        if model != best:
            n_lost = int((wrong[model] & ~wrong[best]).sum())
            n_won = int((wrong[best] & ~wrong[model]).sum())
            table.loc[model, f"wrong where {best} is right"] = str(n_lost)
            table.loc[model, "right where it is wrong"] = str(n_won)
            p_values[model] = binomtest(n_won, n_won + n_lost).pvalue if n_won + n_lost else 1.0
            gains[model] = n_won - n_lost
    return add_verdicts(table, pd.Series(p_values), pd.Series(gains))


def add_verdicts(table, p_values, gains):
    """The columns of the test; a positive gain is one over the best rival."""
    adjusted = pd.Series(_adjust_holm(p_values.to_numpy()), index=p_values.index)
    verdict = pd.Series("no difference shown", index=p_values.index)
    verdict[(adjusted < ALPHA) & (gains > 0)] = "better"
    verdict[(adjusted < ALPHA) & (gains < 0)] = "worse"
    table["p"] = p_values.map("{:.2g}".format)
    table["adjusted p"] = adjusted.map("{:.2g}".format)
    table["beside the best rival"] = verdict
    return table.fillna({"beside the best rival": "the best rival"})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default="results", help="where the results are kept")
    parser.add_argument("--only", choices=list(TASKS), action="append", help="measure this data set only")
    parser.add_argument("--model", action="append", help="measure this model only, by its name in the tables")
    parser.add_argument("--table", action="store_true", help="only print the tables of what is there")
    parser.add_argument(
        "--jobs", type=int, default=-1, help="number of processes; -1, the default: all cores"
    )
    parser.add_argument("--quick", action="store_true", help="two splits of about 100 rows, one epoch")
    arguments = parser.parse_args()
    folder = arguments.folder / "quick" if arguments.quick else arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "accuracy.csv"
    names = arguments.only or list(TASKS)
    if not arguments.table:
        run(folder, path, names, arguments.jobs, arguments.quick, arguments.model)
    results = read_results(path)
    results = add_votes(folder, results[results["dataset"].isin(names)], arguments.quick)
    print_tables(folder, results, arguments.quick)


if __name__ == "__main__":
    main()
