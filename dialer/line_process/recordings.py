"""The recorder of this process's calls, and what the database is told of it."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from audit import box_keys
from compliance import clock
from dialer.recording.file_recorder import FileRecorder
from dialer.recording.handover import Kept, RecorderNotReadyError
from dialer.recording.recorders import Recorders
from dialer.services.call_give_back import call_give_back
from dialer.services.recording_close import recording_close
from dialer.services.recordings_close_left import recordings_close_left

log = logging.getLogger(__name__)
KEY = "recording"


class Recordings:
    """Nothing leaves that could not be recorded, and nothing goes on that is not."""

    def __init__(
        self,
        *,
        folder: Path,
        actor: str,
        write: Callable[[UUID, Callable[[], object]], None],
        hang_up: Callable[[UUID], None],
    ) -> None:
        """Record to `folder`; `write` and `hang_up` are told whose permit it is about.

        :raises KeyFileError: if the public key that recordings are sealed for is not there
        """
        self._folder = folder
        self._actor = actor
        self._put = write
        self._recorders = Recorders(
            folder=folder,
            public=box_keys.box_public(KEY),
            on_kept=self._kept,
            on_lost=hang_up,
        )

    def start(self) -> None:
        """Begin to record."""
        self._recorders.start()

    def stop(self) -> None:
        """End what is being recorded."""
        self._recorders.stop()

    def why_not(self) -> str:
        """Return why nothing can be recorded now; empty if it can."""
        return self._recorders.why_not()

    def ready_for(self, permit_id: UUID) -> FileRecorder | None:
        """Return a recorder whose file is there; if there is none, give the permit back."""
        try:
            return self._recorders.recorder_for(tag=permit_id)
        except RecorderNotReadyError as error:
            log.warning("no call, it could not be recorded: %s", error)
            call_give_back(
                permit_id=permit_id,
                reason="recorder_not_ready",
                actor=self._actor,
                now=clock.read(),
            )
            return None

    def close_left(self, *, trunk_id: int, before: datetime, now: datetime) -> None:
        """Close the trunk's recordings that nobody writes any more."""
        recordings_close_left(
            trunk_id=trunk_id,
            folder=self._folder,
            keep=self._recorders.held(),
            before=before,
            actor=self._actor,
            now=now,
        )

    def _kept(self, permit_id: UUID, kept: Kept) -> None:
        self._put(permit_id, partial(self._write_down, kept))

    def _write_down(self, kept: Kept) -> None:
        recording_close(kept=kept, actor=self._actor, now=clock.read())
