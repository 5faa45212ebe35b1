"""What a call needs of this installation besides the carrier: room for recordings, an edge."""

from pathlib import Path

from audit import box_keys
from audit.curve_keys import curve_public_key
from audit.keys import KeyFileError
from compliance.models import Trunk
from compliance.passport import KEY as PASSPORT_KEY
from dialer.line_process.signing_keys import signing_keys
from dialer.models import TrunkEndpoint
from dialer.recording.room import why_no_room
from dialer.trunk_check.finding import DEPLOYMENT, EDGE, RECORDER, Finding, broken, fine, note

RECORDING_KEY = "recording"


def recorder_finding(folder: Path, *, calls: int) -> Finding:
    """Return whether a recording could begin beside so many others."""
    try:
        box_keys.box_public(RECORDING_KEY)
        why = why_no_room(folder, calls=calls) if folder.exists() else f"{folder}: no such folder"
    except KeyFileError as error:
        why = str(error)
    if not why:
        return fine(
            RECORDER,
            f"{folder} 可写，够 {calls + 1} 路录音。",
            f"{folder} can be written and has room for {calls + 1} calls.",
        )
    return broken(
        RECORDER,
        f"录音不能开始：{why}",
        f"No recording could begin: {why}",
        do=(
            "没有录音就没有呼叫：腾出空间，检查目录权限和录音公钥。",
            "No recording, no call: make room, check the folder's mode and the public key.",
        ),
    )


def keys_finding(folder: Path) -> Finding:
    """Return whether a line process would start with these keys."""
    held = signing_keys(folder)
    if not held:
        return fine(DEPLOYMENT, "没有可读的签名私钥。", "No key that signs can be read.")
    names = ", ".join(held)
    return note(
        DEPLOYMENT,
        f"此处可读签名私钥，run_lines 不会以此启动：{names}",
        f"Keys that sign can be read here; run_lines does not start with them: {names}",
        do=(
            "给线路进程单独的 KEYS_DIR，其中没有私钥：见 docs/edge.md。",
            "Give line processes a KEYS_DIR of their own, without these: docs/edge.md.",
        ),
    )


def edge_finding(endpoint: TrunkEndpoint | None) -> Finding:
    """Return whether what leaves is checked a second time."""
    try:
        curve_public_key(PASSPORT_KEY)
    except KeyFileError as error:
        return broken(
            EDGE,
            f"没有核验通行证的公钥：{error}",
            f"There is no public key to check passports with: {error}",
            do=(
                "把合规密钥的公钥部分放到该目录；没有它，一个 INVITE 也不会发出。",
                "Put the compliance key's public half there; without it no INVITE leaves.",
            ),
        )
    if endpoint is None or not endpoint.edge_host:
        zh, en = "只有线路进程自身的核验。", "The line process's own check is the only one."
        if endpoint is None or endpoint.trunk.kind == Trunk.Kind.LOOPBACK:
            return fine(EDGE, zh, en)
        how = (
            "正式使用时在网络边界加 Kamailio：见 docs/telephony.md。",
            "In production put Kamailio at the network's edge: docs/telephony.md.",
        )
        return note(EDGE, zh, en, do=how)
    where = f"{endpoint.edge_host}:{endpoint.edge_port}"
    return fine(EDGE, f"一切经由边界 {where}。", f"Everything goes through the edge {where}.")
