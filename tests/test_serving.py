"""The service of the guide: real requests, bad ones among them, and many at once."""

import importlib.util
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import seqestimators
from seqestimators import RecurrentClassifier, SmilesTokenizer

httpx = pytest.importorskip("httpx")
testclient = pytest.importorskip("fastapi.testclient")
uvicorn = pytest.importorskip("uvicorn")

PATH = Path(__file__).parents[1] / "examples" / "serving" / "service.py"
SMILES = ["CCO", "c1ccccc1O", "CC(=O)O", "CCN", "CCCC", "O=C=O"]


@pytest.fixture(scope="module")
def service():
    spec = importlib.util.spec_from_file_location("service", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def model():
    network = RecurrentClassifier(hidden_size=4, max_epochs=1, random_state=0)
    return make_pipeline(SmilesTokenizer(canonical=True), network).fit(SMILES, ["no", "yes"] * 3)


@pytest.fixture(scope="module")
def client(service, model, tmp_path_factory):
    path = tmp_path_factory.mktemp("serving") / "model.skops"
    seqestimators.save(model, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODEL", str(path))
        app = service.make_app()
    with testclient.TestClient(app) as client:
        yield client


def test_answers_are_those_of_the_model(client, model):
    response = client.post("/predict", json={"sequences": SMILES})
    assert response.status_code == 200
    assert response.json()["classes"] == ["no", "yes"]
    np.testing.assert_allclose(response.json()["probabilities"], model.predict_proba(SMILES), atol=1e-6)
    assert client.get("/health").json() == {"seqestimators": seqestimators.__version__}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"sequences": ["CCO", "C1CC"]}, "'C1CC' at row 1 of X"),
        ({"sequences": ["CC O"]}, "row 0, position 2 of X"),
        ({"sequences": []}, "at least 1 item"),
        ({"sequences": "CCO"}, "valid list"),
        ({"sequences": [None]}, "valid string"),
        ({"sequences": ["C" * 2001]}, "at most 2000 characters"),
        ({}, "Field required"),
    ],
    ids=["ring", "blank", "none", "string", "null", "long", "empty"],
)
def test_bad_requests_are_told_what_is_wrong(client, body, message):
    response = client.post("/predict", json=body)
    assert response.status_code == 422
    assert message in response.text
    assert client.post("/predict", json={"sequences": ["CCO"]}).status_code == 200


def test_requests_that_wait_are_computed_together_by_a_real_server(service, model):
    """A bad one among them fails alone."""
    calls = []
    may_begin = threading.Event()

    class Slow:
        classes_ = model.classes_

        def predict_proba(self, X):
            calls.append(len(X))
            may_begin.wait(10)
            return model.predict_proba(X)

    config = uvicorn.Config(service.make_app(Slow()), port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            may_begin.wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        requests = [[SMILES[i % 6]] for i in range(9)] + [["C1CC"]]

        def ask(sequences):
            return httpx.post(f"http://127.0.0.1:{port}/predict", json={"sequences": sequences})

        with ThreadPoolExecutor(10) as pool:
            answers = [pool.submit(ask, one) for one in requests]
            may_begin.wait(0.5)
            may_begin.set()
            answers = [one.result() for one in answers]
    finally:
        may_begin.set()
        server.should_exit = True
        thread.join()
    assert [one.status_code for one in answers] == [200] * 9 + [422]
    assert "'C1CC' at row 0 of X" in answers[-1].text
    for sequences, answer in zip(requests[:9], answers[:9], strict=True):
        expected = model.predict_proba(sequences)
        np.testing.assert_allclose(answer.json()["probabilities"], expected, atol=1e-6)
    assert max(calls) > 1
