package crossbeat.coverage;

/**
 * What one kind of area is to have while a duty of one shift group stands, between two full hours of the day ({@code
 * untilHour} excluded): how often an hour, and how strong a visit must be to count.
 */
record Rule(String areaKind, String group, int fromHour, int untilHour, double visitsAnHour, int officers, int auxiliaries) {
    private static final String ANY = "*";

    /** "checkpoint primary 00-06 1.0 1 3": the form in which the settings hold it. */
    static Rule of(String line) {
        String[] part = line.trim().split("\\s+");
        if (part.length != 6 || !part[2].matches("\\d{1,2}-\\d{1,2}")) {
            throw new IllegalArgumentException("coverage_gap.rules: '" + line
                    + "' is no rule: write area kind, shift group, hours as 00-06, visits an hour, officers, auxiliaries");
        }
        String[] hours = part[2].split("-");
        Rule rule = new Rule(
                part[0],
                part[1],
                Integer.parseInt(hours[0]),
                Integer.parseInt(hours[1]),
                Double.parseDouble(part[3]),
                Integer.parseInt(part[4]),
                Integer.parseInt(part[5]));
        if (rule.visitsAnHour <= 0 || rule.fromHour >= rule.untilHour || rule.untilHour > 24) {
            throw new IllegalArgumentException("coverage_gap.rules: '" + line + "' must have hours from 00-24 and visits above 0");
        }
        return rule;
    }

    boolean concerns(String kind) {
        return areaKind.equals(ANY) || areaKind.equals(kind);
    }

    boolean covers(String shiftGroup) {
        return group.equals(ANY) || group.equals(shiftGroup);
    }

    boolean at(int hour) {
        return fromHour <= hour && hour < untilHour;
    }
}
