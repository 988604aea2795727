"""Run queries, within bounds and from a catalogue."""
