package crossbeat.linkage;

import java.util.HashMap;
import java.util.Map;

/** What one field of how it was done is worth, and how it is told. */
final class Field {
    final String name;
    final Map<String, Double> same = new HashMap<>();
    final Map<String, String> phrases = new HashMap<>();
    double differs;
    double unseen;
    boolean told = true;

    Field(String name) {
        this.name = name;
    }

    /** The log Bayes factor of two codes, 0 where one of them says nothing. */
    double compare(String one, String other) {
        if (one == null || other == null) {
            return 0;
        }
        return one.equals(other) ? same.getOrDefault(one, unseen) : differs;
    }

    /** What two incidents with this code have in common: "both by a rear window". */
    String words(String code) {
        String known = phrases.get(code);
        return known == null
                ? "same " + name.replace('_', ' ') + " (" + code.replace('_', ' ') + ")"
                : "both " + known;
    }
}
