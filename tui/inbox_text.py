"""The sentences of notices, as a counter reads them: what changed, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from maglia.core.errors import Code
from maglia.core.folding import fold_sentence
from maglia.core.notices import NoticeKind
from tui.inbox_model import Notice
from tui.labels import pick
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import code_sentence, show_instant

Say = Callable[[Notice, str, bool], str]
"""Of a notice, a language, and whether it is read on a screen, where a key opens what a command shows elsewhere."""
_INDENT = "   "


def waiting_line(count: int, lang: str) -> str:
    """Return what a login says of notices that nobody has read."""
    said = pick(("1 avviso", "1 notice") if count == 1 else (f"{count} avvisi", f"{count} notices"), lang)
    return pick((f"{said} da leggere: maglia inbox", f"{said} to read: maglia inbox"), lang)


def list_lines(notices: Sequence[Notice], lang: str) -> list[str]:
    """Return each notice, the newest first."""
    if not notices:
        return [pick(("Nessun avviso da leggere.", "No notices to read."), lang)]
    last = pick(
        ("Segnare come letto: maglia inbox read NUMERO", "Mark one as read: maglia inbox read NUMBER"),
        lang,
    )
    return [*(line for one in notices for line in notice_lines(one, lang)), last]


def notice_table(notices: Sequence[Notice], lang: str) -> Table:
    """Return each notice in a row, the newest first."""
    unread, all_ = pick(("DA LEGGERE", "UNREAD"), lang), pick(("tutto l'ente", "all of the body"), lang)
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
    head = ("Numero|Del|Da leggere|Per|Verifica|Avviso", "Number|At|Unread|For|Check|Notice")
    return make_table(("Avvisi", "Notices"), head, rows, lang)


def notice_lines(one: Notice, lang: str) -> list[str]:
    """Return one notice: number and moment, what happened, and the next action."""
    mark = "!!" if one.unread else "  "
    whose = pick((" (per tutto l'ente)", " (for all of the body)"), lang) if one.for_all else ""
    said = fold_sentence(f"{_INDENT}{sentence(one, lang)}").split("\n")
    return [f"{mark} {one.name} {show_instant(one.created_ms)}{whose}", *said]


def sentence(one: Notice, lang: str, *, on_screen: bool = False) -> str:
    """Return what happened and the next action, in one line; on a screen that is a key."""
    say = _SENTENCES.get(one.kind)
    if say is None:
        return pick(
            (
                f"Un avviso che questa postazione non conosce ({one.kind}): aggiornarla.",
                f"A notice that this console does not know ({one.kind}): update it.",
            ),
            lang,
        )
    return say(one, lang, on_screen)


def _check_of(one: Notice, lang: str) -> str:
    """Return `La verifica delle 10:41` with its number; the day too where it is another than the notice's."""
    asked = datetime.fromtimestamp(one.count("asked_at") / 1000, UTC).astimezone()
    told = datetime.fromtimestamp(one.created_ms / 1000, UTC).astimezone()
    name = f" ({one.check_id})" if one.check_id else ""
    if asked.date() == told.date():
        return pick((f"La verifica delle {asked:%H:%M}{name}", f"The check of {asked:%H:%M}{name}"), lang)
    return pick(
        (f"La verifica del {asked:%d/%m, ore %H:%M}{name}", f"The check of {asked:%d/%m, %H:%M}{name}"),
        lang,
    )


def _show(one: Notice, lang: str, on_screen: bool) -> str:
    if on_screen:
        return pick(("Invio la mostra.", "Enter shows it."), lang)
    return pick((f"Si legge con: maglia check show {one.check_id}", f"Read it: maglia check show {one.check_id}"), lang)


def _more(one: Notice, lang: str) -> str:
    """Return what came since, and where all have answered what is known then; nothing of what partial silence means."""
    more = one.count("more")
    if more:
        it = "1 aiuto o impegno in più" if more == 1 else f"{more} aiuti o impegni in più"
        en = "1 aid or reservation more" if more == 1 else f"{more} aids or reservations more"
        return pick((f"POSSIBILE SOVRAPPOSIZIONE: {it}.", f"POSSIBLE OVERLAP: {en}."), lang)
    if one.count("found"):
        return pick(("Niente in più di quanto già mostrato.", "Nothing beyond what was shown."), lang)
    return _nothing(lang) if one.count("complete") else ""


def _complete(one: Notice, lang: str, on_screen: bool) -> str:
    done = f"{pick(('è ora completa', 'is complete now'), lang)}: {_all(one, lang)}."
    return _join(_check_of(one, lang), done, _more(one, lang), _left_out(one, lang), _show(one, lang, on_screen))


def _left_out(one: Notice, lang: str) -> str:
    """Say that there are bodies beyond those asked: of them nothing is known."""
    count = one.count("left_out")
    if not count:
        return ""
    it = "1 ente non è stato chiesto" if count == 1 else f"{count} enti non sono stati chiesti"
    en = "1 body was not asked" if count == 1 else f"{count} bodies were not asked"
    return pick((f"{it}: il consenso non arriva fin lì.", f"{en}: the consent does not reach so far."), lang)


def _found(one: Notice, lang: str, on_screen: bool) -> str:
    late = pick(("ha avuto una risposta in ritardo.", "was answered late."), lang)
    still = pick(("Il risultato resta parziale", "The result is still partial"), lang)
    return _join(
        _check_of(one, lang), late, _more(one, lang), f"{still}: {_so_far(one, lang)}.", _show(one, lang, on_screen)
    )


def _so_far(one: Notice, lang: str) -> str:
    """Return how far a partial check has come."""
    asked, answered = one.count("asked"), one.count("answered")
    if asked and not answered:
        return pick(("nessun ente ha risposto", "no body answered"), lang)
    if answered < asked:
        it = f"ha risposto 1 ente su {asked}" if answered == 1 else f"hanno risposto {answered} enti su {asked}"
        return pick((it, f"{answered} of {asked} bodies answered"), lang)
    return pick(("non si è potuto chiedere di tutto a tutti", "not all could be asked about everything"), lang)


def _all(one: Notice, lang: str) -> str:
    if one.count("asked") == 1:
        return pick(("ha risposto l'unico ente interrogato", "the one body that was asked answered"), lang)
    asked = one.count("asked")
    return pick((f"hanno risposto tutti i {asked} enti", f"all {asked} bodies answered"), lang)


def _nothing(lang: str) -> str:
    return pick(("Nessuna sovrapposizione condivisibile nota.", "No overlap known that may be shared."), lang)


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _promise_found(one: Notice, lang: str, on_screen: bool) -> str:
    number = one.params.get("record", "")
    if one.count("given"):
        said = pick(
            (
                f"TROVATO DOPO: anche un altro ente aiuta la persona dell'aiuto già dato n. {number}. "
                "Leggere di che cosa si tratta, e sentire l'altro ente se si vede chi è.",
                f"FOUND LATER: another body too helps the person of help no. {number}, already given. "
                "Read what it is, and call the other body if it is named.",
            ),
            lang,
        )
    else:
        said = pick(
            (
                f"TROVATO DOPO: un altro ente aiuta la persona dell'impegno n. {number}. Leggere prima di consegnare.",
                f"FOUND LATER: another body helps the person of reservation no. {number}. Read before giving.",
            ),
            lang,
        )
    return f"{said} {_show_promise(number, lang, on_screen)}"


def _promise_asked(one: Notice, lang: str, on_screen: bool) -> str:
    number = one.params.get("record", "")
    about = pick(
        ("dell'aiuto già dato", "help given,") if one.count("given") else ("dell'impegno", "reservation"), lang
    )
    said = pick(
        (
            f"Un altro ente aveva chiesto della persona {about} n. {number} mentre questo nodo taceva, e lo ha saputo "
            "solo ora: può avere già aiutato. Fare una verifica prima di dare altro.",
            f"Another body had asked about the person of {about} no. {number} while this node was silent, and learned "
            "of it only now: it may have helped already. Check before giving more.",
        ),
        lang,
    )
    return f"{said} {_show_promise(number, lang, on_screen)}"


def _promise_complete(one: Notice, lang: str, on_screen: bool) -> str:
    number = one.params.get("record", "")
    about = pick(("l'aiuto già dato", "help given,") if one.count("given") else ("l'impegno", "reservation"), lang)
    said = pick(
        (
            f"Per {about} n. {number} hanno ora risposto tutti gli enti: niente in più di quanto già mostrato.",
            f"For {about} no. {number} all bodies have answered by now: nothing beyond what was shown.",
        ),
        lang,
    )
    return f"{said} {_show_promise(number, lang, on_screen)}"


def _show_promise(number: str, lang: str, on_screen: bool) -> str:
    if on_screen:
        return pick(("L'impegno si legge in REGISTRA.", "The reservation is shown in RECORD."), lang)
    return pick((f"Si legge con: maglia reserve show {number}", f"Read it: maglia reserve show {number}"), lang)


def _ended(one: Notice, lang: str, _on_screen: bool) -> str:
    end = pick(
        (
            f"resta parziale: {_so_far(one, lang)}, e non si richiede più.",
            f"stays partial: {_so_far(one, lang)}, and nobody is asked again.",
        ),
        lang,
    )
    anew = pick(("Se serve, fare una nuova verifica.", "If needed, make a new check."), lang)
    return _join(_check_of(one, lang), end, _because(one, lang), anew)


def _deferred(one: Notice, lang: str, on_screen: bool) -> str:
    found = one.count("found")
    made = pick(("rimandata per mancanza di rete, è stata fatta", "put off while the network was away, was made"), lang)
    known = pick((f"POSSIBILE SOVRAPPOSIZIONE: {found}.", f"POSSIBLE OVERLAP: {found}."), lang) if found else ""
    if one.count("complete"):
        far = _all(one, lang)
        known = known or _nothing(lang)
    else:
        far = pick(("il risultato è parziale", "the result is partial"), lang) + f", {_so_far(one, lang)}"
    return _join(f"{_check_of(one, lang)}, {made}: {far}.", known, _left_out(one, lang), _show(one, lang, on_screen))


def _deferred_refused(one: Notice, lang: str, _on_screen: bool) -> str:
    said = pick(("rimandata per mancanza di rete, non si può fare.", "put off, may not be made."), lang)
    return f"{_check_of(one, lang)}, {said} {_because(one, lang)}"


def _because(one: Notice, lang: str) -> str:
    code = one.params.get("code", "")
    return code_sentence(code, lang) if code in frozenset(Code) else code


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
