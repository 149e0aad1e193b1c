"""The sentences of notices, as a counter reads them: what changed, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from maglia.core.errors import Code
from maglia.core.folding import fold_sentence
from maglia.core.notices import NoticeKind
from maglia.core.translation import mark, tr, trn
from tui.inbox_model import Notice
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import code_sentence, show_instant

Say = Callable[[Notice, str, bool], str]
"""Of a notice, a language, and whether it is read on a screen, where a key opens what a command shows elsewhere."""
_INDENT = "   "


def waiting_line(count: int, lang: str, *, on_screen: bool = False) -> str:
    """Return what a login says of notices that nobody has read; on a screen with keys."""
    if on_screen:
        there = trn("1 avviso da leggere: F10, AVVISI", "{count} avvisi da leggere: F10, AVVISI", count, lang)
        return there.format(count=count)
    said = trn("1 avviso da leggere: maglia inbox", "{count} avvisi da leggere: maglia inbox", count, lang)
    return said.format(count=count)


def list_lines(notices: Sequence[Notice], lang: str) -> list[str]:
    """Return each notice, the newest first."""
    if not notices:
        return [tr("Nessun avviso da leggere.", lang)]
    last = tr("Segnare come letto: maglia inbox read NUMERO", lang)
    return [*(line for one in notices for line in notice_lines(one, lang)), last]


def notice_table(notices: Sequence[Notice], lang: str) -> Table:
    """Return each notice in a row, the newest first."""
    unread, all_ = tr("DA LEGGERE", lang), tr("tutto l'ente", lang)
    rows: list[Cells] = [
        (
            one.name,
            instant_cell(one.created_ms),
            unread if one.unread else None,
            all_ if one.for_all else None,
            one.check_id,
            sentence(one, lang),
        )
        for one in notices
    ]
    head = mark("Numero|Del|Da leggere|Per|Verifica|Avviso")
    return make_table(mark("Avvisi"), head, rows, lang)


def notice_lines(one: Notice, lang: str) -> list[str]:
    """Return one notice: number and moment, what happened, and the next action."""
    whose = tr(" (per tutto l'ente)", lang) if one.for_all else ""
    said = fold_sentence(f"{_INDENT}{sentence(one, lang)}").split("\n")
    return [f"{sign_of(one)} {one.name} {show_instant(one.created_ms)}{whose}", *said]


def sign_of(one: Notice) -> str:
    """Return `!!` where another body may help too or a check can't be made, `??` for a result that stays partial.

    Any other notice has a star until it is read, and then nothing.
    """
    if not one.unread:
        return "  "
    if one.kind in _ALARMS or one.count("more") or (one.kind == NoticeKind.DEFERRED_DONE and one.count("found")):
        return "!!"
    is_partial = one.kind in _OF_CHECKS and not one.count("complete")
    return "??" if is_partial or one.kind not in _SENTENCES else "* "


def sentence(one: Notice, lang: str, *, on_screen: bool = False) -> str:
    """Return what happened and the next action, in one line; on a screen that is a key."""
    say = _SENTENCES.get(one.kind)
    if say is None:
        return tr("Un avviso che questa postazione non conosce ({kind}): aggiornarla.", lang).format(kind=one.kind)
    return say(one, lang, on_screen)


def _check_of(one: Notice, lang: str) -> str:
    """Return `La verifica delle 10:41` with its number; the day too where it is another than the notice's."""
    asked = datetime.fromtimestamp(one.count("asked_at") / 1000, UTC).astimezone()
    told = datetime.fromtimestamp(one.created_ms / 1000, UTC).astimezone()
    name = f" ({one.check_id})" if one.check_id else ""
    if asked.date() == told.date():
        return tr("La verifica delle {asked}{name}", lang).format(asked=f"{asked:%H:%M}", name=name)
    said = tr("La verifica del {day}, ore {time}{name}", lang)
    return said.format(day=f"{asked:%d/%m}", time=f"{asked:%H:%M}", name=name)


def _show(one: Notice, lang: str, on_screen: bool) -> str:
    if on_screen:
        return tr("Invio la mostra.", lang)
    return tr("Si legge con: maglia check show {check_id}", lang).format(check_id=one.check_id)


def _more(one: Notice, lang: str) -> str:
    """Return what came since, and where all have answered what is known then; nothing of what partial silence means."""
    more = one.count("more")
    if more:
        return trn(
            "POSSIBILE SOVRAPPOSIZIONE: 1 aiuto o impegno in più.",
            "POSSIBILE SOVRAPPOSIZIONE: {count} aiuti o impegni in più.",
            more,
            lang,
        ).format(count=more)
    if one.count("found"):
        return tr("Niente in più di quanto già mostrato.", lang)
    return _nothing(lang) if one.count("complete") else ""


def _complete(one: Notice, lang: str, on_screen: bool) -> str:
    done = f"{tr('è ora completa', lang)}: {_all(one, lang)}."
    return _join(_check_of(one, lang), done, _more(one, lang), _left_out(one, lang), _show(one, lang, on_screen))


def _left_out(one: Notice, lang: str) -> str:
    """Say that there are bodies beyond those asked: of them nothing is known."""
    count = one.count("left_out")
    if not count:
        return ""
    return trn(
        "1 ente non è stato chiesto: il consenso non arriva fin lì.",
        "{count} enti non sono stati chiesti: il consenso non arriva fin lì.",
        count,
        lang,
    ).format(count=count)


def _found(one: Notice, lang: str, on_screen: bool) -> str:
    late = tr("ha avuto una risposta in ritardo.", lang)
    still = tr("Il risultato resta parziale", lang)
    return _join(
        _check_of(one, lang), late, _more(one, lang), f"{still}: {_so_far(one, lang)}.", _show(one, lang, on_screen)
    )


def _so_far(one: Notice, lang: str) -> str:
    """Return how far a partial check has come."""
    asked, answered = one.count("asked"), one.count("answered")
    if asked and not answered:
        return tr("nessun ente ha risposto", lang)
    if answered < asked:
        said = trn("ha risposto 1 ente su {asked}", "hanno risposto {count} enti su {asked}", answered, lang)
        return said.format(count=answered, asked=asked)
    return tr("non si è potuto chiedere di tutto a tutti", lang)


def _all(one: Notice, lang: str) -> str:
    if one.count("asked") == 1:
        return tr("ha risposto l'unico ente interrogato", lang)
    asked = one.count("asked")
    return tr("hanno risposto tutti i {asked} enti", lang).format(asked=asked)


def _nothing(lang: str) -> str:
    return tr("Nessuna sovrapposizione condivisibile nota.", lang)


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _promise_found(one: Notice, lang: str, on_screen: bool) -> str:
    number = one.params.get("record", "")
    if one.count("given"):
        said = tr(
            "TROVATO DOPO: anche un altro ente aiuta la persona dell'aiuto già dato n. {number}. "
            "Leggere di che cosa si tratta, e sentire l'altro ente se si vede chi è.",
            lang,
        ).format(number=number)
    else:
        said = tr(
            "TROVATO DOPO: un altro ente aiuta la persona dell'impegno n. {number}. Leggere prima di consegnare.", lang
        ).format(number=number)
    return f"{said} {_show_promise(number, lang, on_screen)}"


def _promise_asked(one: Notice, lang: str, on_screen: bool) -> str:
    number = one.params.get("record", "")
    about = tr("dell'aiuto già dato" if one.count("given") else "dell'impegno", lang)
    said = tr(
        "Un altro ente aveva chiesto della persona {about} n. {number} mentre questo nodo taceva, e lo ha saputo "
        "solo ora: può avere già aiutato. Fare una verifica prima di dare altro.",
        lang,
    ).format(about=about, number=number)
    return f"{said} {_show_promise(number, lang, on_screen)}"


def _promise_complete(one: Notice, lang: str, on_screen: bool) -> str:
    number = one.params.get("record", "")
    about = tr("l'aiuto già dato" if one.count("given") else "l'impegno", lang)
    said = tr(
        "Per {about} n. {number} hanno ora risposto tutti gli enti: niente in più di quanto già mostrato.", lang
    ).format(about=about, number=number)
    return f"{said} {_show_promise(number, lang, on_screen)}"


def _show_promise(number: str, lang: str, on_screen: bool) -> str:
    if on_screen:
        return tr("L'impegno si legge in REGISTRA, F5.", lang)
    return tr("Si legge con: maglia reserve show {number}", lang).format(number=number)


def _ended(one: Notice, lang: str, _on_screen: bool) -> str:
    end = tr("resta parziale: {one}, e non si richiede più.", lang).format(one=_so_far(one, lang))
    anew = tr("Se serve, fare una nuova verifica.", lang)
    return _join(_check_of(one, lang), end, _because(one, lang), anew)


def _deferred(one: Notice, lang: str, on_screen: bool) -> str:
    found = one.count("found")
    made = tr("rimandata per mancanza di rete, è stata fatta", lang)
    known = tr("POSSIBILE SOVRAPPOSIZIONE: {found}.", lang).format(found=found) if found else ""
    if one.count("complete"):
        far = _all(one, lang)
        known = known or _nothing(lang)
    else:
        far = tr("il risultato è parziale", lang) + f", {_so_far(one, lang)}"
    return _join(f"{_check_of(one, lang)}, {made}: {far}.", known, _left_out(one, lang), _show(one, lang, on_screen))


def _deferred_refused(one: Notice, lang: str, _on_screen: bool) -> str:
    said = tr("rimandata per mancanza di rete, non si può fare.", lang)
    return f"{_check_of(one, lang)}, {said} {_because(one, lang)}"


def _because(one: Notice, lang: str) -> str:
    code = one.params.get("code", "")
    return code_sentence(code, lang) if code in frozenset(Code) else code


_ALARMS = {NoticeKind.PROMISE_FOUND, NoticeKind.PROMISE_ASKED, NoticeKind.DEFERRED_REFUSED}
_OF_CHECKS = {NoticeKind.CHECK_FOUND, NoticeKind.CHECK_ENDED, NoticeKind.DEFERRED_DONE}
_SENTENCES: Mapping[str, Say] = {
    NoticeKind.CHECK_COMPLETE: _complete,
    NoticeKind.CHECK_FOUND: _found,
    NoticeKind.PROMISE_FOUND: _promise_found,
    NoticeKind.PROMISE_COMPLETE: _promise_complete,
    NoticeKind.PROMISE_ASKED: _promise_asked,
    NoticeKind.CHECK_ENDED: _ended,
    NoticeKind.DEFERRED_DONE: _deferred,
    NoticeKind.DEFERRED_REFUSED: _deferred_refused,
}
