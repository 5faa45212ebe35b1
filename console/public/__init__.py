"""Behind the pages without an account: throttle, a demo's codes, what cannot be."""
