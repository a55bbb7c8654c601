"""What takes a run back: for each target of the run the requests that bring back what was there, or why it stays.

Decided from three things: what the plan says that it changed, what the journal says that came of it, and what is there
now. Where these do not agree, somebody else was there, and what is there now stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from cloison.apply.marks import BIRTH, ETAG, Marks, marks_of
from cloison.apply.reading import within
from cloison.apply.undo.done import Did, Run
from cloison.apply.undo.settings import at, back_to, is_back, keys_of, patch, put, said, whole_of_version
from cloison.arm.ids import ResourceId
from cloison.kinds import api_of, behaviour_of
from cloison.model.behaviour import Json, Method, look
from cloison.model.network import Cluster, Door
from cloison.model.verdict import Safety
from cloison.plan.base import base_of, drift, of_method
from cloison.plan.change import Change, Key, fresh, which, whole
from cloison.plan.document import SETTINGS_MAX, SettingReport
from cloison.plan.world import World

SHOWN_MAX = 3
"""Settings named in one sentence."""


class Stays(msgspec.Struct, frozen=True, kw_only=True):
    """What is not taken back."""

    id: ResourceId
    what: str
    why: str
    kind: Literal["manual", "unsafe", "refused", "unknown"] = "manual"


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """All that would take a run back, the last done first."""

    changes: tuple[Change, ...]
    stays: tuple[Stays, ...]
    bodies: Mapping[ResourceId, Json]
    """What the run made the targets with that are deleted."""
    mine: frozenset[ResourceId]
    """What still is as the run left it."""


Fresh = Mapping[ResourceId, Json | None]
"""Bodies of targets as a GET answers right now; None: not there."""


def back(azure: World, run: Run, now: Fresh) -> Back:
    """What takes a run back, if nothing stood against it. now: of as many targets as could be asked."""
    found = _Back(azure, run, now)
    for id in reversed(list(dict.fromkeys(one.id for one in run.did))):
        found.target(id)
    for step in run.half:
        if step.makes and azure.get(step.request.id) is not None:
            what = f"{which(step.request.id)} may be half there: {step.summary} failed"
            found.stay(step.request.id, what, "go on with `cloison apply --resume`, or see whose it is")
    return Back(changes=tuple(found.changes), stays=tuple(found.stays), bodies=found.bodies, mine=found.mine)


class _Back:
    def __init__(self, azure: World, run: Run, now: Fresh) -> None:
        self.azure = azure
        self.run = run
        self.now = now
        self.changes: list[Change] = []
        self.stays: list[Stays] = []
        self.bodies: dict[ResourceId, Json] = {}
        self.gone = {id: body for one in run.did for id, body in _taken(one)}
        """What deletions of the run took away, with what was below."""
        self.mine = frozenset(one.id for one in run.did if self._is_as_left(one.id))
        """What still is as the run left it."""

    def stay(
        self, id: ResourceId, what: str, why: str, kind: Literal["manual", "unknown"] = "manual"
    ) -> None:
        """Something is not taken back."""
        self.stays.append(Stays(id=id, what=what, why=why, kind=kind))

    def target(self, id: ResourceId) -> None:
        """Everything that the run did to one resource."""
        did = [one for one in self.run.did if one.id == id]
        if any(one.step.request.method == "DELETE" for one in did):
            self._deleted(id, did)
        elif id in self.gone:
            self._came_again(id, did)
        elif did[0].step.base is None:
            self._made(id, did)
        else:
            self._changed(id, did)

    def _is_as_left(self, id: ResourceId) -> bool:
        last = [one for one in self.run.did if one.id == id][-1]
        body = self.now.get(id) or self.azure.show(id, last.step.request.api_version)
        if body is None or drift(of_method(id, last.done.seen or {}, "PUT"), base_of(id, body, "PUT")):
            return False
        return bool(_is_same(last.done.marks, marks_of(body), self._borrowed(id)))

    # --- made ------------------------------------------------------------------------------------------------

    def _made(self, id: ResourceId, did: Sequence[Did]) -> None:
        if self._is_gone(id):
            return
        if any(isinstance(facet, Door | Cluster) for facet in self.azure.facets(id)):
            # What people put into it is not seen from here.
            what = (
                f"{which(id)} is a service, and may hold what others have put into it since the run made it"
            )
            self.stay(id, what, "delete it by hand, if nobody needs what it holds")
            return
        doubt = self._not_ours(id, did)
        if doubt is not None:
            self.stays.append(doubt)
            return
        self.bodies[id] = dict(did[0].step.request.body or {})
        self._add("DELETE", id, f"Delete {which(id)}, which the run made", did)

    def _is_gone(self, id: ResourceId) -> bool:
        return self.azure.get(id) is None or self.now.get(id, {}) is None

    def _not_ours(self, id: ResourceId, did: Sequence[Did]) -> Stays | None:
        """Why what stands there now must not be deleted."""
        made = next((one for one in did if one.step.makes), did[0])
        last = did[-1].done
        name = which(id)
        if not made.made:
            what = f"whether the run made {name} is not shown"
            why = "its answer never came, or said that somebody was quicker: see whose it is, and delete it by hand"
            return Stays(id=id, what=what, why=why, kind="unknown")
        body = self.now.get(id) or self.azure.show(id, made.step.request.api_version) or {}
        same = _is_same(last.marks, marks_of(body), self._borrowed(id))
        if same is None:
            why = "neither a mark of its making nor an etag can be compared: see whose it is, and delete it by hand"
            return Stays(
                id=id,
                what=f"whether {name} is the one that the run made is not known",
                why=why,
                kind="unknown",
            )
        if not same:
            what = f"{name} was changed since, or made again by somebody else"
            return Stays(id=id, what=what, why="only what the run made is deleted, and only as it made it")
        changed = drift(of_method(id, last.seen or {}, "PUT"), base_of(id, body, "PUT"))
        if changed:
            what = f"{name} was changed since the run made it: {_listed(changed)}"
            return Stays(id=id, what=what, why="whoever changed it may need it: ask, and delete it by hand")
        return None

    def _borrowed(self, id: ResourceId) -> frozenset[str]:
        """Marks that another resource of the type bears too, as halves of a peering do: they tell nothing apart."""
        own = self.azure.get(id) or {}
        others = [self.azure.get(one) or {} for one in self.azure.of(id.type) if one != id]
        return frozenset(
            mark
            for mark in BIRTH
            if "GUID" in mark.upper() and any(look(one, mark) == look(own, mark) for one in others)
        )

    # --- deleted ---------------------------------------------------------------------------------------------

    def _deleted(self, id: ResourceId, did: Sequence[Did]) -> None:
        """It was deleted, and perhaps made again."""
        body = self.gone.get(id)
        first, last = did[0].step, did[-1].step
        if first.base is None:
            # Made by the run, and deleted by it.
            return
        if body is None:
            if last.request.method == "DELETE" and self.azure.get(id) is None:
                self.stay(
                    id,
                    f"{which(id)} was deleted",
                    "the plan does not hold what it was: make it again by hand",
                )
            return
        if last.request.method == "DELETE":
            if self.azure.get(id) is None:
                self._again(id, did)
            return
        if within(last.request.body, body) or within(body, self.azure.get(id)):
            if not self._is_gone(id):
                what = f"{which(id)} was made again by the run, as it was"
                self.stay(id, what, "it stays: what was wrong with the old one is not brought back")
                self._below_again(id, did)
            return
        self._replace(id, did)

    def _again(self, id: ResourceId, did: Sequence[Did], after: Change | None = None) -> None:
        """What was deleted is made again, with what was below it."""
        first = () if after is None else (after.key,)
        made = self._make_again(id, did, first)
        self._below_again(id, did, made)

    def _below_again(self, id: ResourceId, did: Sequence[Did], above: Change | None = None) -> None:
        """What went with something is made again; above: the change that makes again what it stood below."""
        last = {one.id: one.step.request.method for one in self.run.did}
        for one in self.gone:
            # What the run deleted by itself is made again by itself.
            if not one.startswith(f"{id}/") or last.get(one) == "DELETE":
                continue
            if above is not None or (one not in last and self.azure.get(one) is None):
                self._make_again(one, did, () if above is None else (above.key,))

    def _make_again(self, id: ResourceId, did: Sequence[Did], after: tuple[Key, ...]) -> Change:
        summary = f"Make {which(id)} again, as it was before the run"
        return self._add("PUT", id, summary, did, body=self.gone[id], after=after)

    def _replace(self, id: ResourceId, did: Sequence[Did]) -> None:
        """What the run made in another form goes, and comes as it was before."""
        if self._is_gone(id):
            self._again(id, did)
            return
        doubt = self._not_ours(id, did) or self._lost_below(id)
        if doubt is not None:
            self.stays.append(doubt)
            return
        self.bodies[id] = dict(did[-1].step.request.body or {})
        gone = self._add("DELETE", id, f"Delete {which(id)}, which the run made anew", did)
        self._again(id, did, gone)

    def _came_again(self, id: ResourceId, did: Sequence[Did]) -> None:
        """It went with what it stood below, and the run made it again; where that stays, it is set back by itself."""
        root = next(
            one.id
            for one in self.run.did
            if id != one.id and id.startswith(f"{one.id}/") and one.id in self.gone
        )
        above = [one for one in self.run.did if one.id == root][-1].step.request
        held = self.azure.get(id)
        if above.method == "DELETE" or not within(above.body, self.gone[root]) or held is None:
            # It comes with what it stands below, or is gone.
            return
        if within(self.gone[id], held):
            return
        if drift(of_method(id, did[-1].done.seen or {}, "PUT"), base_of(id, held, "PUT")):
            self.stay(
                id, f"{which(id)} was changed since the run made it again", "whoever changed it may need it"
            )
            return
        self._add("PUT", id, f"Set {which(id)} back", did, body=self.gone[id])

    def _lost_below(self, id: ResourceId) -> Stays | None:
        """What of others would go with something, and would not come again with it."""
        for child in self.azure.below(id):
            if child in self.gone and child not in self.mine:
                what = f"{which(child)} was changed since the run made it again"
                return Stays(id=id, what=what, why="whoever changed it may need it")
        return None

    # --- changed ---------------------------------------------------------------------------------------------

    def _changed(self, id: ResourceId, did: Sequence[Did]) -> None:
        """Settings are set back that still are as the run set them; the last first."""
        held = self.azure.get(id)
        if held is None:
            what = f"{which(id)} is gone, or was not read"
            self.stay(id, what, "what the run set of it is not set back", "unknown")
            return
        now = before = whole(held, id, self.azure)
        for one in reversed(did):
            if one.step.request.method == "POST":
                self._action(id, one, held)
            elif len(one.told.settings) >= SETTINGS_MAX:
                what = f"{which(id)} was changed in {SETTINGS_MAX} places or more"
                self.stay(id, what, "the plan does not hold all of them: set it back by hand")
                return
            else:
                for setting in one.told.settings:
                    before = self._set_back(id, did, setting, before)
        if now != before:
            self._update(id, did, now, before)

    def _action(self, id: ResourceId, did: Did, held: Json) -> None:
        still = [
            one
            for one in did.told.settings
            if within(one.after, at(held, keys_of(one)))
            and not is_back(one.before, one.after, at(held, keys_of(one)))
        ]
        if still:
            self.stay(
                id, f"{did.step.summary}: done", "an action is not taken back: do what undoes it by hand"
            )

    def _set_back(self, id: ResourceId, did: Sequence[Did], setting: SettingReport, body: Json) -> Json:
        """The body with one setting as it was before, where it still is as the run set it."""
        keys = keys_of(setting)
        is_now = said(id, keys, at(body, keys))
        before, after = said(id, keys, setting.before), said(id, keys, setting.after)
        if is_back(before, after, is_now):
            return body
        if not within(after, is_now) or self._touched(id, did, setting):
            what = f"{setting.pointer} of {which(id)} was changed since the run set it"
            self.stay(id, what, "whoever set it may need it")
            return body
        return put(body, keys, back_to(keys, before))

    def _touched(self, id: ResourceId, did: Sequence[Did], setting: SettingReport) -> bool:
        """Something below a setting is not as the run left it."""
        if not isinstance(setting.after, dict):
            return False
        body = self.azure.show(id, did[-1].step.request.api_version) or {}
        changed = drift(of_method(id, did[-1].done.seen or {}, "PUT"), base_of(id, body, "PUT"))
        return any(name.startswith(f"{'/'.join(keys_of(setting)).lower()}/") for name in changed)

    def _update(self, id: ResourceId, did: Sequence[Did], now: Json, before: Json) -> None:
        settings = {one.pointer: keys_of(one) for step in did for one in step.told.settings}
        shown = [one for one, keys in settings.items() if at(now, keys) != at(before, keys)]
        summary = f"Set {_listed(shown)} of {which(id)} back"
        if behaviour_of(id.type).patchable and all(one.step.request.method == "PATCH" for one in did):
            self._add("PATCH", id, summary, did, body=patch(id, now, before))
        else:
            version = did[0].step.request.api_version
            self._add("PUT", id, summary, did, body=whole_of_version(id, before, version))

    # --- requests --------------------------------------------------------------------------------------------

    def _add(
        self,
        method: Method,
        id: ResourceId,
        summary: str,
        did: Sequence[Did],
        *,
        body: Json | None = None,
        after: tuple[Key, ...] = (),
    ) -> Change:
        behaviour = behaviour_of(id.type)
        own = next((one.step.request for one in did if one.id == id), None)
        change = Change(
            method=method,
            id=id,
            api_version=own.api_version if own is not None else api_of(id.type),
            body=body,
            summary=summary,
            safety=Safety.SAFE,
            why="",
            # What a service does to things beyond itself when it is deleted is asked not to be done.
            query={name: told[0] for name, told in behaviour.queries.items()} if method == "DELETE" else {},
            after=after,
        )
        self.changes.append(change)
        return change


def _taken(did: Did) -> Iterator[tuple[ResourceId, Json]]:
    """What a deletion took away: the resource, then what was below it."""
    if did.step.request.method != "DELETE":
        return
    own: Json = {}
    below: dict[ResourceId, Json] = {}
    for setting in did.told.settings:
        place = setting.pointer.strip("/").split("/")
        if len(place) == 1:
            own[place[0]] = setting.before
        elif isinstance(setting.before, dict):
            below[did.id.child(place[0], place[1])] = setting.before
    if own:
        yield did.id, fresh(own)
        yield from below.items()


def _is_same(left: Marks, now: Marks, borrowed: frozenset[str]) -> bool | None:
    """Whether a resource is the one that bore these marks; None: nothing tells."""
    if ETAG in left and left[ETAG] == now.get(ETAG):
        return True
    births = [mark for mark in BIRTH if mark in left and mark in now and mark not in borrowed]
    if births:
        return all(left[mark] == now[mark] for mark in births)
    return False if ETAG in left and ETAG in now else None


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
    return ", ".join(name.rpartition("/properties/")[2].strip("/") for name in names[:SHOWN_MAX]) + more
