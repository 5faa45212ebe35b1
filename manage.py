#!/usr/bin/env python3
"""Run a command of Yunhu; the first start sets up everything that it needs."""

import sys

# Only this file must still parse on a Python that is too old, so that it can say so.
TOO_OLD = (
    "允呼需要 Python 3.11 或更高版本，而这里是 {0}.{1}：请安装新版本，再用它运行 manage.py。\n"
    "Yunhu needs Python 3.11 or later and this is {0}.{1}: install it and run manage.py with it.\n"
)
if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(TOO_OLD.format(*sys.version_info))
    sys.exit(2)
if sys.platform == "win32":
    sys.stderr.write(
        "允呼在 Linux 和 macOS 上运行：在 Windows 上请用 WSL。\n"
        "Yunhu runs on Linux and macOS: on Windows, use WSL.\n"
    )
    sys.exit(2)

if __name__ == "__main__":
    from config.bootstrap import main

    sys.exit(main(sys.argv))
