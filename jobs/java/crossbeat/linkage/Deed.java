package crossbeat.linkage;

/**
 * What of an incident is compared with another: where and when it was (a window, UTC milliseconds; one moment when both
 * are equal), and how it was done, in the contract's codes. A code that is null, empty or "unknown" says nothing.
 */
public record Deed(
        double lat,
        double lon,
        long occurredFrom,
        long occurredTo,
        String offence,
        String methodOfEntry,
        String pointOfEntry,
        String tool,
        String locationCategory) {
    /** The fields of how it was done, in the order of {@link #done}. */
    static final String[] FIELDS = {"offence", "method_of_entry", "point_of_entry", "tool", "location_category"};

    /** The code of one field, null where it says nothing. */
    String done(int field) {
        String code = switch (field) {
            case 0 -> offence;
            case 1 -> methodOfEntry;
            case 2 -> pointOfEntry;
            case 3 -> tool;
            default -> locationCategory;
        };
        return code == null || code.isEmpty() || code.equals("unknown") ? null : code;
    }
}
