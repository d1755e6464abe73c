"""What TwiML has: the verbs of voice, their attributes, and what may stand in them. Data only.

The tables are the signatures of Twilio's own Python library, which the tests hold them against. What this
carrier knows and does not run is in `not_run`.
"""

_SAY = {"voice", "loop", "language"}
_CALLBACK = {"statusCallbackEvent", "statusCallback", "statusCallbackMethod"}
_MACHINE = {
    "machineDetection",
    "amdStatusCallbackMethod",
    "amdStatusCallback",
    "machineDetectionTimeout",
    "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
}

ATTRIBUTES: dict[str, set[str]] = {
    "Response": set(),
    "Say": _SAY,
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Gather": {
        "input",
        "action",
        "method",
        "timeout",
        "speechTimeout",
        "maxSpeechTime",
        "profanityFilter",
        "finishOnKey",
        "numDigits",
        "partialResultCallback",
        "partialResultCallbackMethod",
        "language",
        "hints",
        "bargeIn",
        "debug",
        "actionOnEmptyResult",
        "speechModel",
        "enhanced",
    },
    "Record": {
        "action",
        "method",
        "timeout",
        "finishOnKey",
        "maxLength",
        "playBeep",
        "trim",
        "recordingStatusCallback",
        "recordingStatusCallbackMethod",
        "recordingStatusCallbackEvent",
        "transcribe",
        "transcribeCallback",
        "recordingConfigurationId",
    },
    "Dial": {
        "action",
        "method",
        "timeout",
        "hangupOnStar",
        "timeLimit",
        "callerId",
        "record",
        "trim",
        "recordingStatusCallback",
        "recordingConfigurationId",
        "recordingStatusCallbackMethod",
        "recordingStatusCallbackEvent",
        "answerOnBridge",
        "ringTone",
        "recordingTrack",
        "sequential",
        "referUrl",
        "referMethod",
        "events",
        "passports",
    },
    "Number": {"sendDigits", "url", "method", "byoc"} | _CALLBACK | _MACHINE,
    "Client": {"url", "method"} | _CALLBACK,
    "Sip": {"username", "password", "url", "method"} | _CALLBACK | _MACHINE,
    "Queue": {"url", "method", "reservationSid", "postWorkActivitySid"},
    "Enqueue": {"action", "maxQueueSize", "method", "waitUrl", "waitUrlMethod", "workflowSid"},
    "Leave": set(),
    "Sms": {"to", "from", "action", "method", "statusCallback"},
    "Redirect": {"method"},
    "Hangup": set(),
    "Reject": {"reason"},
}
"""Each element that the phone runs, with the attributes that TwiML gives it."""

CHILDREN: dict[str, set[str]] = {
    "Response": {
        *("Say", "Play", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave", "Sms", "Redirect", "Hangup", "Reject")
    },
    "Gather": {"Say", "Play", "Pause"},
    "Dial": {"Number", "Client", "Sip", "Queue"},
}
"""What may stand in an element; one that is not here holds text alone, or nothing."""

NOT_RUN: dict[str, set[str]] = {
    "Response": {"Connect", "Echo", "Pay", "Prompt", "Refer", "Start", "Stop"},
    "Dial": {"Application", "Conference", "Sim", "WhatsApp"},
    "Enqueue": {"Task"},
}
"""What else TwiML has there."""

WITH_TEXT = {"Say", "Play", "Redirect", "Dial", "Number", "Client", "Sip", "Queue", "Enqueue", "Sms"}
"""The elements whose own text counts; in any other, text is an error."""

SSML: dict[str, set[str]] = {
    "break": {"strength", "time"},
    "emphasis": {"level"},
    "lang": {"{http://www.w3.org/XML/1998/namespace}lang"},
    "p": set(),
    "phoneme": {"alphabet", "ph"},
    "prosody": {"volume", "rate", "pitch"},
    "s": set(),
    "say-as": {"interpret-as", "format"},
    "sub": {"alias"},
    "w": {"role"},
}
"""What may stand in a Say, to any depth, with its attributes."""
