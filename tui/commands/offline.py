"""`maglia offline`: the counter when its node can't be reached. What is taken waits here, encrypted, unchecked."""

from __future__ import annotations

from datetime import date
from time import time
from typing import Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import local_number
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import MeansTest, Purpose, Visibility
from tui.commands.base import Json, Out, Person, Result, perform, read_identifier, require
from tui.commands.names import Born, Name
from tui.commands.offline_form import print_forms
from tui.commands.offline_keeping import Yes, confirm, open_store
from tui.commands.offline_send import send_taken
from tui.offline_model import Taken, ToCheck, What
from tui.offline_read import read_aid, read_check, read_consent, read_named_aid
from tui.offline_text import list_lines, taken_lines, taken_table
from tui.profile import Profile
from tui.session import notice_at

offline = typer.Typer(
    no_args_is_help=True, help="Lo sportello senza il suo nodo: prendere ora, verificare dopo.", rich_markup_mode=None
)
Case = Annotated[str, typer.Option("--case", help="Protocollo della pratica, per gli enti pubblici.")]


@offline.command("aid")
def take_aid(
    ctx: typer.Context,
    facet: Annotated[str, typer.Option("--facet", help="Tipo di aiuto, per esempio food_parcel.")],
    identifier: Annotated[
        str, typer.Argument(help="Codice della persona, o NOME:numero; - per leggerlo dall'ingresso standard.")
    ] = "",
    amount: Annotated[
        str, typer.Option("--amount", help="Importo o valore, come 1.234,50; può mancare per i beni.")
    ] = "",
    day: Annotated[str, typer.Option("--date", help="Giorno, come gg/mm/aaaa; oggi se manca.")] = "",
    basis: Annotated[str, typer.Option("--basis", help="consent o public_task; quella dell'ente se manca.")] = "",
    visibility: Annotated[str, typer.Option("--visibility", help="network o only_us.")] = Visibility.NETWORK.value,
    creditor: Annotated[str, typer.Option("--creditor", help="A chi è andato il pagamento.")] = "",
    need: Annotated[str, typer.Option("--need", help="POD:..., PDR:... o LEASE:...")] = "",
    period_from: Annotated[str, typer.Option("--from", help="Inizio del periodo coperto, gg/mm/aaaa.")] = "",
    period_to: Annotated[str, typer.Option("--to", help="Fine del periodo coperto, gg/mm/aaaa.")] = "",
    monthly: Annotated[bool, typer.Option("--monthly", help="Ogni mese da --from: l'importo è di un mese.")] = False,
    protocol: Annotated[str, typer.Option("--protocol", help="Numero di protocollo della domanda.")] = "",
    means_test: Annotated[
        str, typer.Option("--means-test", help="Prova dei mezzi: isee, other, exempt o none.")
    ] = MeansTest.NONE.value,
    purpose: Annotated[str, typer.Option("--purpose", help="Scopo della verifica.")] = Purpose.AID_OVERLAP.value,
    case: Case = "",
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Nessuna verifica, nemmeno dopo: la persona non acconsente.")
    ] = False,
    name: Name = "",
    born: Born = "",
    place: Annotated[str, typer.Option("--place", help="Luogo di nascita, con --name.")] = "",
    as_json: Json = False,
) -> None:
    """Prende un aiuto dato mentre il nodo non risponde. NON VERIFICATO finché non è inviato.

    Con --name a una persona senza codice: resta in questo ente, e la rete non ne saprà nulla.

    Esempio: maglia offline aid CODICE --facet food_parcel
    """

    async def work(profile: Profile) -> Result:
        code = read_identifier(identifier)
        if name or local_number(code) is not None:
            for field, given in (("need", need), ("period_to", period_from + period_to), ("protocol", protocol + case)):
                require(not given, field)
            named = read_named_aid(
                date.today(),
                alias=code,
                name=read_identifier(name),
                born=born,
                place=place,
                facet=facet,
                day=day,
                amount=amount,
                basis=basis,
                creditor=creditor,
            )
            return _keep(profile, named, ToCheck())
        aid = read_aid(
            date.today(),
            identifier=code,
            facet=facet,
            day=day,
            amount=amount,
            basis=basis,
            visibility=visibility,
            creditor=creditor,
            need=need,
            period_from=period_from,
            period_to=period_to,
            monthly=monthly,
            protocol=protocol,
            means_test=means_test,
        )
        check = ToCheck() if no_check else read_check(facet, purpose, case)
        return _keep(profile, aid, check)

    perform(ctx, as_json, work)


@offline.command("consent")
def take_consent(
    ctx: typer.Context,
    identifier: Person,
    purposes: Annotated[list[str], typer.Option("--purpose", help="Scopo; si può ripetere.")],
    day: Annotated[str, typer.Option("--date", help="Giorno, come gg/mm/aaaa; oggi se manca.")] = "",
    notice: Annotated[str, typer.Option("--notice", help="Versione dell'informativa; la più recente se manca.")] = "",
    language: Annotated[
        str, typer.Option("--language", "--lang", help="Lingua dell'informativa; quella della postazione se manca.")
    ] = "",
    method: Annotated[str, typer.Option("--method", help="Come è stato dato: signed, oral o digital.")] = "signed",
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", help="Solo enti di questo tipo, per esempio comune; si può ripetere."),
    ] = None,
    expires: Annotated[str, typer.Option("--expires", help="Ultimo giorno, se prima di un anno, gg/mm/aaaa.")] = "",
    check: Annotated[
        str, typer.Option("--check", help="Tipo di aiuto da verificare con l'invio, per esempio food_parcel.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Prende il consenso di una persona mentre il nodo non risponde. Con --check, dopo si chiede anche agli enti.

    Esempio: maglia offline consent CODICE --purpose aid_overlap --check food_parcel
    """

    async def work(profile: Profile) -> Result:
        given = read_consent(
            date.today(),
            notice_at(profile, notice, language),
            identifier=read_identifier(identifier),
            purposes=purposes,
            day=day,
            method=method,
            audience=audience or (),
            expires=expires,
        )
        return _keep(profile, given, read_check(check, Purpose.AID_OVERLAP, "") if check else ToCheck())

    perform(ctx, as_json, work)


@offline.command("list")
def list_taken(ctx: typer.Context, out: Out = None, as_json: Json = False) -> None:
    """Elenca ciò che aspetta di essere inviato. Mostra i codici: solo a chi sta allo sportello.

    Esempio: maglia offline list
    """

    async def work(profile: Profile) -> Result:
        kept = open_store(profile).taken() if profile.offline.exists() else []
        document: dict[str, object] = {"schema": "maglia.offline/1", "waiting": [one.document() for one in kept]}
        return Result(document, list_lines(kept, profile.lang), table=taken_table(kept, profile.lang))

    perform(ctx, as_json, work, out)


@offline.command("remove")
def remove_taken(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="Numero, come in maglia offline list.", min=1)],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Toglie da questo computer qualcosa che non va inviato, o che il nodo ha rifiutato. Al nodo non cambia nulla.

    Esempio: maglia offline remove 2
    """

    async def work(profile: Profile) -> Result:
        confirm(mark("Togliere senza inviare?"), profile, yes=yes)
        store = open_store(profile)
        found = next((one for one in store.taken() if one.number == number), None)
        if found is None:
            raise MagliaError(Code.INPUT_OFFLINE_NUMBER)
        store.remove(found.key)
        document: dict[str, object] = {"schema": "maglia.offline.removed/1", "number": number}
        done = tr("Tolto: n. {number}.", profile.lang).format(number=number)
        return Result(document, [done])

    perform(ctx, as_json, work)


def _keep(profile: Profile, what: What, check: ToCheck) -> Result:
    """Keep what was read; the password is asked for last, so that a wrong field costs none."""
    from tui.offline_store import new_key

    profile.check_is_of(the_office=False)
    store = open_store(profile)
    kept = store.add(Taken(0, new_key(), int(time() * 1000), what, check))
    same = store.same_as(kept)
    document: dict[str, object] = {
        "schema": "maglia.offline.taken/1",
        **kept.without_person().document(),
        "same_as": same or None,
    }
    return Result(document, taken_lines(kept, profile.lang, same))


offline.command("send")(send_taken)
offline.command("form")(print_forms)
