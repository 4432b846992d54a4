"""What many classes of tests begin with, built once for those that follow each other.

``make test`` runs these one after another (``tools/pytest_order.py``). They share a
transaction, and each is rolled back to where it began; elsewhere each has its own.
"""

import os
from collections import deque
from copy import deepcopy

from freezegun.api import freeze_factories

from odoo.sql_db import Savepoint

ENABLED = "SHARED_WORLDS" in os.environ
OPEN = {}


def can_share(case, common):
    """Return whether a class begins with just what its common ancestor builds."""
    mro = case.__mro__
    return (
        ENABLED
        and not (freeze_factories or case.freeze_time)
        and mro[mro.index(common) :] == common.__mro__
        and case._request_handler.__func__ is common._request_handler.__func__
    )


def enter(case, common):
    """Give a class the world of its common ancestor, until its tests have ended.

    :return: whether it has one, which needs no set-up any more.
    """
    if "is_world" in vars(case):
        return False
    if not can_share(case, common):
        end()
        return False
    world = OPEN.get(common) or _build(common)
    for name, value in world.built.items():
        setattr(case, name, value)
    case.env.flush_all()
    callbacks = [
        (callback, deque(callback._funcs), deepcopy(callback.data))
        for callback in _callbacks(case.cr)
    ]
    case.addClassCleanup(_leave, world, Savepoint(case.cr), callbacks)
    return True


def _build(common):
    end()
    marks = {"__module__": common.__module__, "is_world": True}
    world = type(common.__name__, (common,), marks)
    own = set(vars(world))
    try:
        world.setUpClass()
    except BaseException:
        world.doClassCleanups()
        raise
    world.built = {k: v for k, v in vars(world).items() if k not in own}
    OPEN[common] = world
    return world


def _callbacks(cursor):
    return (
        *(cursor.precommit, cursor.postcommit),
        *(cursor.prerollback, cursor.postrollback),
    )


def _leave(world, savepoint, callbacks):
    """Undo what a class has done; with other models than before, the world ends."""
    registry = world.registry
    is_changed = registry.registry_invalidated != world.registry_start_invalidated
    if is_changed or registry.registry_sequence != world.registry_start_sequence:
        end()
        return
    world.env.transaction.clear()
    for callback, functions, data in callbacks:
        callback._funcs, callback.data = functions, data
    savepoint.close()
    with world.muted_registry_logger:
        registry.clear_all_caches()
    registry.cache_invalidated.clear()


def end():
    """End the world that is open, if there is one."""
    while OPEN:
        _common, world = OPEN.popitem()
        world.tearDownClass()
        world.doClassCleanups()
