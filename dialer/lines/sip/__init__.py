"""SIP trunks: transport, transactions, dialogs and audio around pyVoIP (`pyvoip.py`)."""
