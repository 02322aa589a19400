"""A worker as a process of its own: it takes turns as `aftershow run` does, but without Prefect."""

import multiprocessing
import os
import sys
import traceback
from datetime import datetime
from functools import partial
from multiprocessing.process import BaseProcess

from aftershow.campaign.campaign import Campaign
from aftershow.campaign.versions import in_use
from aftershow.desk import Desk, open_desk, senders_for, ticking_from, worker_name
from aftershow.journey.turn import Prepared, TurnResult, committing, send_shard, take_turn
from aftershow.ledger import sending
from aftershow.ledger.send_counts import SendCounts
from aftershow.ledger.sending import Clock
from aftershow.messages.rendering import renderers
from tests.proofs.boundaries import Boundaries
from tests.proofs.scene import NAME, Scene, forget_settings

#: How a worker ends that comes to the boundary at which it is to die.
STRUCK = 77

#: How other processes begin: one imports everything, and they are forked from it: a start takes milliseconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.proofs.worker", "connectors.smtp"])


def begin(scene: Scene, at: datetime) -> BaseProcess:
    """Begin a worker that takes turns from a moment on until it finds nothing to send."""
    return _begun(scene, at, None, None)


def begin_to_die(scene: Scene, at: datetime, boundary: int, *, window: int) -> BaseProcess:
    """Begin a worker that ends like a killed one at so many boundaries from its start, counted from 1."""
    return _begun(scene, at, boundary, window)


def _begun(scene: Scene, at: datetime, boundary: int | None, window: int | None) -> BaseProcess:
    process = PROCESSES.Process(target=_live, args=(scene, at, boundary, window))
    process.start()
    return process


def _live(scene: Scene, at: datetime, boundary: int | None, window: int | None) -> None:
    forget_settings()
    sending.SLICE = window or sending.SLICE
    try:
        with open_desk(scene.root) as desk, Boundaries(desk.engine) as boundaries:
            if boundary is not None:
                boundaries.at(boundary, lambda: os._exit(STRUCK))
            take_turns(desk, ticking_from(at))
    except Exception:  # noqa: BLE001  whatever it is, the test shows it
        scene.note_trouble(traceback.format_exc())
        sys.exit(1)


def take_turns(desk: Desk, clock: Clock) -> None:
    """Take turns until one accepts nothing."""
    while take_one(desk, clock).accepted:
        pass


def take_one(desk: Desk, clock: Clock) -> TurnResult:
    """Take one turn of the campaign."""
    campaign = desk.campaign(NAME)
    return take_turn(
        committing(desk.engine), campaign, now=clock(), send=partial(_send, desk, campaign, clock)
    )


def _send(desk: Desk, campaign: Campaign, clock: Clock, _: Prepared) -> SendCounts:
    with desk.engine.begin() as connection:
        renders = renderers(in_use(connection, campaign), desk.signer(connection))
    with senders_for(desk.workspace, {renderer.step.sends.channel for renderer in renders}) as senders:
        return send_shard(desk.engine, renders, senders, worker=worker_name(), clock=clock)[0]
