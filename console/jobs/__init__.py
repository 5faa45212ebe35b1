"""Long work: it is started from a page, runs in a worker, and goes on when the page is left.

`start` puts it in the queue; the page `job` tells how far it is. What kinds there are stands in
`console.jobs.kinds`.
"""

from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.jobs.queue import start

__all__ = ["JobFailedError", "Kind", "Report", "Result", "start"]
