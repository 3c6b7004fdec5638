package crossbeat.feeds;

/**
 * What a timer is for, written as its name: when it is due Flink gives nothing but that and the state.
 *
 * @param settings the settings, as the query wrote them
 * @param recipient the district
 * @param recordType of which record type
 * @param what a camera, or one of {@link Health}'s names of what is none
 */
record Due(String settings, String recipient, String recordType, String what) {
    private static final String BETWEEN = "|";

    static Due of(String name) {
        String[] part = name.split("\\|", 4);
        return new Due(part[0], part[1], part[2], part[3]);
    }

    String name() {
        return String.join(BETWEEN, settings, recipient, recordType, what);
    }

}
