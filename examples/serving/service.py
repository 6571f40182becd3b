"""A web service around a saved classifier.

    pip install fastapi uvicorn
    MODEL=model.skops uvicorn service:make_app --factory

The requests that arrive while the model computes are answered together by its
next call, in one batch.
"""

import asyncio
import os
from contextlib import asynccontextmanager
from itertools import chain
from typing import Annotated

import numpy as np
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

import seqestimators

MAX_SEQUENCES = 1000  # of a request; a batch gets no more requests then
MAX_LENGTH = 2000  # characters of a sequence: a long one holds up all others

Sequence = Annotated[str, Field(max_length=MAX_LENGTH)]


class Request(BaseModel):
    """Strings as the tokenizer of the model reads them."""

    sequences: list[Sequence] = Field(min_length=1, max_length=MAX_SEQUENCES)


class Answer(BaseModel):
    """Probabilities, a row a sequence, in the order of the classes."""

    classes: list[str | int | float]
    probabilities: list[list[float]]


class Batcher:
    """Answers waiting requests together, by one call of the model."""

    def __init__(self, model):
        self.model = model
        self.waiting = asyncio.Queue()

    async def predict(self, sequences):
        """Return the probabilities once the batch has been computed."""
        answer = asyncio.get_running_loop().create_future()
        await self.waiting.put((sequences, answer))
        return await answer

    async def run(self):
        """Compute batch after batch, in a thread, so that requests come in."""
        while True:
            requests = [await self.waiting.get()]
            n_sequences = len(requests[0][0])
            while n_sequences < MAX_SEQUENCES and not self.waiting.empty():
                requests.append(self.waiting.get_nowait())
                n_sequences += len(requests[-1][0])
            batch = [sequences for sequences, _ in requests]
            results = await asyncio.to_thread(self.compute, batch)
            for (_, answer), result in zip(requests, results, strict=True):
                if answer.done():  # the client has gone
                    continue
                if isinstance(result, Exception):
                    answer.set_exception(result)
                else:
                    answer.set_result(result)

    def compute(self, batch):
        """Return for each request its probabilities, or its own error."""
        try:
            rows = self.model.predict_proba([*chain.from_iterable(batch)])
        except Exception as error:
            if len(batch) == 1:
                return [error]
            return [*chain.from_iterable(self.compute([one]) for one in batch)]
        ends = np.cumsum([len(sequences) for sequences in batch])
        return np.split(rows, ends[:-1])


def make_app(model=None):
    """Return the service of a pipeline, or of the file that MODEL names."""
    if model is None:
        model = seqestimators.load(os.environ["MODEL"])

    @asynccontextmanager
    async def lifespan(app):
        app.state.batcher = Batcher(model)
        running = asyncio.create_task(app.state.batcher.run())
        yield
        running.cancel()

    app = FastAPI(title="seqestimators", lifespan=lifespan)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"seqestimators": seqestimators.__version__}

    @app.post("/predict")
    async def predict(request: Request) -> Answer:
        try:
            rows = await app.state.batcher.predict(request.sequences)
        except ValueError as error:  # it names row and remedy
            raise HTTPException(422, str(error)) from None
        classes = model.classes_.tolist()
        return Answer(classes=classes, probabilities=rows.tolist())

    return app
