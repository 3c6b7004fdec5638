package crossbeat.coverage;

/** A stretch without a visit that meets the rule: since when, from when it is a gap ({@code at}), by which rule and demand. */
record Gap(long from, long at, Rule rule, int incidents) {}
