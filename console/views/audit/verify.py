"""Check a bundle in the reader's own browser: nothing that is picked there is sent here."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.heads import log_verifiers, newest_head
from audit.verify import SAYS, SENTENCES
from console.selectors.explained import reader_language
from console.templatetags.either import either


@require_GET
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Show the page; its sentences are the verifier's own."""
    place = 0 if reader_language() == "zh" else 1
    head = newest_head()
    keys = log_verifiers(head.signed.checkpoint.origin) if head else []
    return render(
        request,
        "console/audit/verify.html",
        {
            "words": _json({code: said[place] for code, said in SENTENCES.items()}),
            "says": _json(SAYS),
            "ours": _json(_ours()),
            "keys": " ".join(key.vkey for key in keys),
        },
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ours() -> dict[str, str]:
    return {
        "verified": either("核验通过", "Verified"),
        "partly": either("内容一致，签名未核对", "Consistent; the signature was not checked"),
        "not_verified": either("核验未通过", "Not verified"),
        "not_checked": either("无法核验", "Could not check"),
        "checked": either("已核对 {count} 条……", "{count} entries checked …"),
        "no_key": either(
            "没有填写公钥，所以没有核对签名：只能说明证据包与其自带的检查点相符，"
            "不能说明检查点由谁签发。",
            "No key was given, so the signature was not checked: the bundle agrees with the "
            "checkpoint in it, and nothing says who made that.",
        ),
        "no_ed25519": either(
            "本浏览器不支持 Ed25519，签名未核对。请换较新的浏览器，或用 verify.py 离线核验。",
            "This browser has no Ed25519: the signature was not checked. Take a newer browser, "
            "or verify.py.",
        ),
        "insecure": either(
            "浏览器只在 https 或本机地址上提供核验所需的功能。",
            "The browser offers what the check needs over https or on this machine alone.",
        ),
    }
