"""The service's own words to callers who wait in a queue, and to the agent who is offered one of them.

`<place>`, `<low>`, `<high>`, `<key>` and `<number>` are filled in when they are said; `{queue}` and `{minutes}`,
in what an agent hears, when it is made.
"""

from __future__ import annotations

QUEUE_PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "queue_next": "You are next in line.",
        "queue_place": "You are number <place> in line.",
        "queue_soon": "We expect to answer within a minute.",
        "queue_minutes": "We expect to answer in <low> to <high> minutes.",
        "queue_leave": "If you would rather not wait, press <key>.",
        "queue_callback": "To keep your place and be called back at <number>, press <key>.",
        "queue_booked": "We will call you back at <number>. You keep your place in line.",
        "queue_not_booked": "Sorry, we cannot call you back at this number. Please stay on the line.",
        "queue_callback_any": "To keep your place and be called back, press <key>.",
        "queue_number_own": "We will call you at <number>. Press 1 to keep that, or enter another number and press "
        "pound.",
        "queue_number_enter": "Please enter the number where we can call you, and press pound.",
        "queue_number_check": "You entered <number>. If that is right, press 1. To enter it again, press 2.",
        "queue_number_wrong": "Sorry, we cannot call that number.",
        "queue_stay": "Please stay on the line.",
    },
    "es": {
        "queue_next": "Usted es la siguiente persona en la fila.",
        "queue_place": "Su lugar en la fila es el número <place>.",
        "queue_soon": "Esperamos atenderle en menos de un minuto.",
        "queue_minutes": "Esperamos atenderle en <low> a <high> minutos.",
        "queue_leave": "Si prefiere no esperar, oprima <key>.",
        "queue_callback": "Para conservar su lugar y recibir una llamada al <number>, oprima <key>.",
        "queue_booked": "Le llamaremos al <number>. Usted conserva su lugar en la fila.",
        "queue_not_booked": "Disculpe, no podemos llamarle a este número. Por favor espere en la línea.",
        "queue_callback_any": "Para conservar su lugar y recibir una llamada, oprima <key>.",
        "queue_number_own": "Le llamaremos al <number>. Oprima 1 para conservarlo, o marque otro número y oprima "
        "numeral.",
        "queue_number_enter": "Marque el número al que podemos llamarle y oprima numeral.",
        "queue_number_check": "Usted marcó <number>. Si es correcto, oprima 1. Para marcarlo de nuevo, oprima 2.",
        "queue_number_wrong": "Disculpe, no podemos llamar a ese número.",
        "queue_stay": "Por favor espere en la línea.",
    },
    "fr": {
        "queue_next": "Vous êtes la prochaine personne dans la file.",
        "queue_place": "Vous êtes au rang <place> dans la file.",
        "queue_soon": "Nous pensons vous répondre en moins d'une minute.",
        "queue_minutes": "Nous pensons vous répondre dans <low> à <high> minutes.",
        "queue_leave": "Si vous préférez ne pas attendre, appuyez sur <key>.",
        "queue_callback": "Pour garder votre place et être rappelé au <number>, appuyez sur <key>.",
        "queue_booked": "Nous vous rappellerons au <number>. Vous gardez votre place dans la file.",
        "queue_not_booked": "Désolé, nous ne pouvons pas vous rappeler à ce numéro. Restez en ligne, s'il vous plaît.",
        "queue_callback_any": "Pour garder votre place et être rappelé, appuyez sur <key>.",
        "queue_number_own": "Nous vous rappellerons au <number>. Pour garder ce numéro, appuyez sur 1, ou composez un "
        "autre numéro, puis appuyez sur dièse.",
        "queue_number_enter": "Composez le numéro où nous pouvons vous rappeler, puis appuyez sur dièse.",
        "queue_number_check": "Vous avez entré <number>. Si c'est exact, appuyez sur 1. Pour recommencer, appuyez sur "
        "2.",
        "queue_number_wrong": "Désolé, nous ne pouvons pas appeler ce numéro.",
        "queue_stay": "Restez en ligne, s'il vous plaît.",
    },
    "de": {
        "queue_next": "Sie sind als Nächstes an der Reihe.",
        "queue_place": "Sie sind auf Platz <place> der Warteschlange.",
        "queue_soon": "Wir melden uns voraussichtlich in weniger als einer Minute.",
        "queue_minutes": "Wir melden uns voraussichtlich in <low> bis <high> Minuten.",
        "queue_leave": "Wenn Sie nicht warten möchten, drücken Sie <key>.",
        "queue_callback": "Um Ihren Platz zu behalten und unter <number> zurückgerufen zu werden, drücken Sie <key>.",
        "queue_booked": "Wir rufen Sie unter <number> zurück. Sie behalten Ihren Platz in der Warteschlange.",
        "queue_not_booked": "Unter dieser Nummer können wir Sie leider nicht zurückrufen. Bitte bleiben Sie dran.",
        "queue_callback_any": "Um Ihren Platz zu behalten und zurückgerufen zu werden, drücken Sie <key>.",
        "queue_number_own": "Wir rufen Sie unter <number> zurück. Wenn das so bleiben soll, drücken Sie 1, oder geben "
        "Sie eine andere Nummer ein und drücken Sie Raute.",
        "queue_number_enter": "Geben Sie die Nummer ein, unter der wir Sie erreichen, und drücken Sie Raute.",
        "queue_number_check": "Sie haben <number> eingegeben. Wenn das stimmt, drücken Sie 1. Für eine neue Eingabe "
        "drücken Sie 2.",
        "queue_number_wrong": "Diese Nummer können wir leider nicht anrufen.",
        "queue_stay": "Bitte bleiben Sie dran.",
    },
    "pt": {
        "queue_next": "Você é a próxima pessoa da fila.",
        "queue_place": "Você é o número <place> da fila.",
        "queue_soon": "Esperamos atender em menos de um minuto.",
        "queue_minutes": "Esperamos atender em <low> a <high> minutos.",
        "queue_leave": "Se preferir não esperar, pressione <key>.",
        "queue_callback": "Para manter seu lugar e receber uma ligação no número <number>, pressione <key>.",
        "queue_booked": "Vamos ligar para o número <number>. Você mantém seu lugar na fila.",
        "queue_not_booked": "Desculpe, não podemos ligar para este número. Por favor, continue na linha.",
        "queue_callback_any": "Para manter seu lugar e receber uma ligação, pressione <key>.",
        "queue_number_own": "Vamos ligar para o número <number>. Pressione 1 para manter esse número, ou digite outro "
        "e pressione jogo da velha.",
        "queue_number_enter": "Digite o número para o qual podemos ligar e pressione jogo da velha.",
        "queue_number_check": "Você digitou <number>. Se estiver certo, pressione 1. Para digitar de novo, pressione "
        "2.",
        "queue_number_wrong": "Desculpe, não podemos ligar para esse número.",
        "queue_stay": "Por favor, continue na linha.",
    },
}
"""By language and name. `ivr.menu.prompts.queue_prompts` makes them prompts of the lines that have a queue."""

WHISPERS: dict[str, dict[str, str]] = {
    "en": {
        "now": "{queue}. The caller has just come.",
        "one": "{queue}. The caller has waited one minute.",
        "more": "{queue}. The caller has waited {minutes} minutes.",
        "press": "To take the call, press 1.",
    },
    "es": {
        "now": "{queue}. La persona acaba de llamar.",
        "one": "{queue}. La persona ha esperado un minuto.",
        "more": "{queue}. La persona ha esperado {minutes} minutos.",
        "press": "Para tomar la llamada, oprima 1.",
    },
    "fr": {
        "now": "{queue}. La personne vient d'appeler.",
        "one": "{queue}. La personne attend depuis une minute.",
        "more": "{queue}. La personne attend depuis {minutes} minutes.",
        "press": "Pour prendre l'appel, appuyez sur 1.",
    },
    "de": {
        "now": "{queue}. Der Anruf ist gerade eingegangen.",
        "one": "{queue}. Wartet seit einer Minute.",
        "more": "{queue}. Wartet seit {minutes} Minuten.",
        "press": "Um den Anruf anzunehmen, drücken Sie 1.",
    },
    "pt": {
        "now": "{queue}. A pessoa acabou de ligar.",
        "one": "{queue}. A pessoa espera há um minuto.",
        "more": "{queue}. A pessoa espera há {minutes} minutos.",
        "press": "Para atender a ligação, pressione 1.",
    },
}


def whisper(queue: str, waited: float, language: str, *, press: bool) -> str:
    """What an agent hears before a caller: from which queue, how long (seconds) the caller waited, what to press.

    In English for a language that the service does not know.
    """
    words = WHISPERS.get(language.split("-")[0], WHISPERS["en"])
    minutes = round(waited / 60)
    text = words["now" if minutes < 1 else "one" if minutes == 1 else "more"]
    said = text.format(queue=queue.replace("_", " "), minutes=minutes)
    return f"{said} {words['press']}" if press else said
