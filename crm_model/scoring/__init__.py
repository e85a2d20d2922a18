"""Scoring: how ripe a lead is, as points that marketing's rules give, each with its cause and the day it expires."""
