"""Experiments of AWS FIS, carried out on the twin: those of its actions that this twin knows."""
