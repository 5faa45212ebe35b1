"""Words for codes on the officer's pages."""

from django import template

from compliance.models import Complaint, ComplaintEvent, Refusal, Suspension
from compliance.numbers import Words
from compliance.selectors.suspension_facts import scope_of
from console.selectors.officer import words
from console.selectors.officer.words import said_of
from console.templatetags.either import either
from dialer.models import WrapUp

register = template.Library()


@register.filter
def channel(complaint: Complaint) -> str:
    """Say through which channel a complaint came."""
    return _either(said_of(words.CHANNELS, complaint.channel))


@register.filter
def step(event: ComplaintEvent) -> str:
    """Say a step of a case."""
    return _either(said_of(words.STEPS, event.kind))


@register.filter
def agent_said(word: WrapUp) -> str:
    """Say what an agent wrote down after a call."""
    return _either(said_of(words.SAID, word.said))


@register.filter
def source(refusal: Refusal) -> str:
    """Say how a refusal came."""
    return _either(said_of(words.SOURCES, refusal.source))


@register.filter
def cause(suspension: Suspension) -> str:
    """Say what brought a suspension about."""
    return _either(said_of(words.CAUSES, suspension.cause))


@register.filter
def scope(suspension: Suspension) -> str:
    """Say what is suspended."""
    return _either(said_of(words.SCOPES, scope_of(suspension)))


@register.filter
def in_words(said: Words | str | int) -> str:
    """Say a pair of sentences in the reader's language; a figure stays what it is."""
    return _either(said) if isinstance(said, Words) else str(said)


def _either(said: Words) -> str:
    return either(said.zh, said.en)
