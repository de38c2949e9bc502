"""A process of the app in a storm: people click, and every click stands in a file before it is sent and when it is
answered. What was sent and not answered when the process was killed is sent again by the next one, with the same key.

Run with {"name", "people", "log", "seed"}; SIGTERM ends it when the clicks at work are answered.
"""

import base64
import json
import os
import pickle
import signal
import sys
import traceback
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import time

from pydantic_core import to_jsonable_python
from redis.exceptions import RedisError
from sqlalchemy import select

from core import db, token_queue
from core.errors import ClinicError, StoreUnavailable
from core.idempotency import once
from core.models import Medicine, Patient, User
from core.permissions import Actor, Role
from tests.faults import mix
from tests.faults.diary import left_open

BEFORE_TRYING_AGAIN = 0.1
PATIENCE = 120  # seconds for one click
AGAIN = 0.05  # so often an answered form is sent once more
stopping = Event()


class Diary:
    """Lines that outlive the process: what the operating system has, no kill takes back."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, **line: object) -> None:
        os.write(self.file, json.dumps(line).encode() + b"\n")


class Person:
    def __init__(self, name: str, actor: Actor, world: "World", diary: Diary, seed: object) -> None:
        self.name, self.actor, self.world, self.diary = name, actor, world, diary
        self.random = Random(f"{seed} {name}")
        self.bills: deque = deque(maxlen=50)
        self.answers: deque = deque(maxlen=50)

    def work(self) -> None:
        steps = mix.BY_ROLE[self.actor.role]
        run = f"{os.getpid()}.{time():.0f}"
        for number in count(1):
            if stopping.is_set():
                return
            (step,) = self.random.choices(list(steps), list(steps.values()))
            try:
                with db.reading() as session:
                    wanted = step(self, session)
            except StoreUnavailable:
                stopping.wait(BEFORE_TRYING_AGAIN)
                continue
            except Exception:
                self.diary.write(said="fault", key="", verb=step.__name__, problem=traceback.format_exc(), at=time())
                continue
            if wanted:
                verb, *arguments = wanted
                self.click(f"{self.name} {run} {number}", verb, self.actor, arguments)

    def click(self, key, verb, actor, arguments) -> None:
        call = base64.b64encode(pickle.dumps((verb, actor, arguments))).decode()
        self.diary.write(said="wants", key=key, verb=verb.__name__, arguments=to_jsonable_python(arguments), call=call)
        twice = self.random.random()
        if twice < AGAIN / 2:  # at the same moment
            other = Thread(target=self.send, args=(key, verb, actor, arguments))
            other.start()
            self.send(key, verb, actor, arguments)
            other.join()
        else:
            answer = self.send(key, verb, actor, arguments)
            self.answers.append((verb, arguments, answer))
        if twice > 1 - AGAIN / 2:
            self.send(key, verb, actor, arguments)

    def send(self, key, verb, actor, arguments):
        """Until it is answered, as by somebody who presses the button again."""
        patience = time() + PATIENCE
        while True:
            began = time()
            try:
                with db.transaction() as session:
                    answer = once(key, verb)(session, actor, *arguments)
            except StoreUnavailable:
                if time() > patience:
                    self.diary.write(said="fault", key=key, verb=verb.__name__, problem="No answer", at=time())
                    return None
                Event().wait(BEFORE_TRYING_AGAIN)
            except ClinicError as refusal:
                self.diary.write(said="refused", key=key, refusal=type(refusal).__name__, began=began, at=time())
                return None
            except Exception:
                if time() > patience:
                    return None
                self.diary.write(said="fault", key=key, verb=verb.__name__, problem=traceback.format_exc(), at=time())
                Event().wait(BEFORE_TRYING_AGAIN)
            else:
                told = to_jsonable_python(answer)
                self.diary.write(said="done", key=key, answer=told, began=began, at=time())
                return answer


class World:
    def __init__(self) -> None:
        with db.reading() as session:
            users = session.scalars(select(User).where(User.role.in_(mix.BY_ROLE)).order_by(User.id)).all()
            self.actors = [Actor(user.id, user.name, user.role) for user in users]
            self.doctors = [actor.user_id for actor in self.actors if actor.role is Role.DOCTOR]
            self.patients = list(session.scalars(select(Patient.id).order_by(Patient.id).limit(200)))
            self.medicines = list(session.scalars(select(Medicine.id).order_by(Medicine.id)))


def open_world() -> World:
    while True:
        try:
            return World()
        except StoreUnavailable:
            Event().wait(BEFORE_TRYING_AGAIN)


def keep_line() -> None:
    """As the app's background does it."""
    while not stopping.wait(1):
        try:
            with db.reading() as session:
                token_queue.reconcile(session)
        except (RedisError, ClinicError):
            pass


def main(name: str, people: int, log: str, seed: object) -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    unanswered = left_open(Path(log))
    diary, world = Diary(log), open_world()
    diary.write(said="opened", pid=os.getpid(), at=time(), left=unanswered)
    Thread(target=keep_line, daemon=True).start()
    clerks = [Person(f"{name}{n}", world.actors[n % len(world.actors)], world, diary, seed) for n in range(people)]
    for key, call in unanswered:
        clerks[0].send(key, *pickle.loads(base64.b64decode(call)))
    with ThreadPoolExecutor(people) as pool:
        for at_work in [pool.submit(clerk.work) for clerk in clerks]:
            while wait([at_work], timeout=1).not_done:
                pass  # a SIGTERM was once not heard in minutes, while this thread slept without an end
            at_work.result()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
