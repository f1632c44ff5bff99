"""Files of pictures that no row names: what an upload leaves whose process was killed."""

from datetime import datetime

from blog import orphan_files

from .not_done import NotDone


def step(now: datetime) -> str:
    """Remove them. Raises ``NotDone`` where there are so many that this may be the wrong database."""
    found = orphan_files.look(now)
    done = orphan_files.remove(found.unfinished, now)
    if found.is_another_database:
        raise NotDone(
            f"{len(found.orphans)} files belong to no picture, more than stopped uploads leave. None was removed. Look "
            "whether DATABASE_URL is the right database; manage.py orphan_files says what to do."
        )
    done += orphan_files.remove(found.orphans, now)
    return f"{done} {'was' if done == 1 else 'were'} removed." if done else "There is none."
