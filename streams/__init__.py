"""What moves between topics: settings, codec, gate, dead letters, alert consumers."""
