package crossbeat.cluster;

/**
 * So many cylinders, each of whose circles has {@code row} incidents at any time and whose days have {@code column}
 * anywhere, of {@code total}: where times are dealt at random, what one of them holds is hypergeometric.
 */
record Margin(int row, int column, int total, int cylinders) {}
