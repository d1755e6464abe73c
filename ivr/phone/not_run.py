"""What TwiML has and this carrier does not run: known all the same, so that a slip in it is told from it. Data only."""


def _names(text: str) -> set[str]:
    return set(text.split())


OTHERS: dict[str, set[str]] = {
    "Connect": _names("action method"),
    "Echo": set(),
    "Pay": _names(
        """
        action bankAccountType chargeAmount currency description input language maxAttempts
        minPostalCodeLength paymentConnector paymentMethod postalCode securityCode statusCallback
        statusCallbackMethod timeout tokenType validCardTypes
        """
    ),
    "Prompt": _names("attempt cardType errorType for requireMatchingInputs"),
    "Refer": _names("action method"),
    "Start": _names("action method"),
    "Stop": set(),
    "Conference": _names(
        """
        beep coach endConferenceOnExit eventCallbackUrl jitterBufferSize maxParticipants muted
        participantLabel record recordingConfigurationId recordingStatusCallback
        recordingStatusCallbackEvent recordingStatusCallbackMethod region startConferenceOnEnter
        statusCallback statusCallbackEvent statusCallbackMethod trim waitMethod waitUrl
        """
    ),
    "Sim": set(),
    "WhatsApp": _names("method statusCallback statusCallbackEvent statusCallbackMethod url"),
    "Application": _names(
        """
        applicationSid copyParentTo customerId method statusCallback statusCallbackEvent
        statusCallbackMethod url
        """
    ),
    "Task": _names("priority timeout"),
    "AiSession": _names("aiConnector aiSessionConfiguration"),
    "Autopilot": set(),
    "Conversation": _names(
        """
        inboundAutocreation inboundTimeout method record recordingStatusCallback
        recordingStatusCallbackEvent recordingStatusCallbackMethod routingAssignmentTimeout
        serviceInstanceSid statusCallback statusCallbackEvent statusCallbackMethod trim url
        """
    ),
    "ConversationRelay": _names(
        """
        applicationReconnect asrSmartFormat backgroundNoiseReduction customerName debug deepgramSmartFormat
        dtmfDetection eagerEotThreshold echoPromptFiltering elevenlabsLanguageTextNormalization
        elevenlabsTextNormalization events hints ignoreBackchannel includeInPrompt intelligenceService
        interruptSensitivity interruptible language partialPromptOnHangup partialPrompts preemptible
        profanityFilter reportInputDuringAgentSpeech speechModel speechTimeout transcriptionLanguage
        transcriptionProvider ttsLanguage ttsLanguageTextNormalization ttsProvider ttsTextNormalization
        turnDetection url voice welcomeGreeting welcomeGreetingInterruptible
        """
    ),
    "ConversationRelaySession": _names("connector sessionConfiguration"),
    "Room": _names("participantIdentity"),
    "Stream": _names("audioFormat connectorName name sampleRate statusCallback statusCallbackMethod track url"),
    "VirtualAgent": _names("connectorName language sentimentAnalysis statusCallback statusCallbackMethod"),
    "Recording": _names(
        """
        channels recordingConfigurationId recordingStatusCallback recordingStatusCallbackEvent
        recordingStatusCallbackMethod track trim
        """
    ),
    "Siprec": _names("connectorName name statusCallback statusCallbackMethod track"),
    "Transcription": _names(
        """
        enableAutomaticPunctuation hints inboundTrackLabel intelligenceService languageCode name
        outboundTrackLabel partialResults profanityFilter speechModel statusCallbackMethod statusCallbackUrl
        track transcriptionEngine
        """
    ),
    "Parameter": _names("name value"),
}
"""Each element with its attributes."""

OTHERS_HOLD: dict[str, set[str]] = {
    "Connect": _names(
        """
        AiSession Autopilot Conversation ConversationRelay ConversationRelaySession Room Stream VirtualAgent
        """
    ),
    "Start": _names("Recording Siprec Stream Transcription"),
    "Stop": _names("Siprec Stream Transcription"),
    "Pay": _names("Parameter Prompt"),
    "Prompt": _names("Pause Play Say"),
    "Refer": _names("Sip"),
}
"""What may stand in one of them."""

TAKES_OVER = {"Connect", "Echo", "Pay", "Prompt", "Refer"}
"""The verbs whose outcome the rest of the document waits for; Start and Stop go on beside it."""
