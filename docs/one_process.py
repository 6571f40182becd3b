"""Two examples run at a time while the site is built, so that each must do with one process.

With processes of their own they would only wait for each other, and each process takes seconds to start.
"""

import multiprocessing

import joblib
from joblib.parallel import LokyBackend


class OneProcess(LokyBackend):
    """The default backend of joblib on a machine of one core: the work is done where it is asked for."""

    def effective_n_jobs(self, n_jobs):
        return 1


def stay_in_one_process(gallery_conf, path):
    """Set the backend up in a process that runs examples, which has been started by joblib itself."""
    if multiprocessing.current_process().name != "MainProcess":
        joblib.register_parallel_backend("loky", OneProcess)
