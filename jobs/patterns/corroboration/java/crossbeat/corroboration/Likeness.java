package crossbeat.corroboration;

import java.util.ArrayList;
import java.util.List;

/**
 * How likely two incidents of two districts are one, recorded twice: the record linkage of Fellegi and Sunter (1969). Each
 * thing that they share or differ in multiplies the odds by how much more often it comes in two records of one incident than
 * in two incidents that happened to be as near.
 *
 * @param metres how far two may be apart, and {@code gapMs} how much time may lie between them
 * @param spreadM how far the places of two records of one incident are apart, as the one parameter of a Rayleigh distribution
 * @param spreadMs the mean time between two records of one incident, of an exponential distribution
 * @param agree how often two records of one incident agree in a detail
 * @param chance how often two incidents agree in it
 * @param prior how likely a pair is one incident of which nothing is known but that it lies within metres and gapMs
 */
record Likeness(double metres, long gapMs, double spreadM, double spreadMs, double agree, double chance, double prior) {
    /** What the details of an incident are, in their order. */
    private static final List<String> DETAILS = List.of("method of entry", "point of entry", "tool", "kind of place");

    private static final String UNKNOWN = "unknown";

    /** Of two records of one offence within reach of each other, 0 to 1. */
    double of(Sighting one, Sighting other) {
        double apart = one.metresTo(other) / spreadM;
        double later = one.apartMs(other) / spreadMs;
        double odds = Math.log(prior / (1 - prior));
        odds += Math.log(metres * metres / (2 * spreadM * spreadM)) - apart * apart / 2;
        odds += Math.log(gapMs / spreadMs) - later;
        odds += same(one, other).size() * Math.log(agree / chance);
        odds += different(one, other).size() * Math.log((1 - agree) / (1 - chance));
        return 1 / (1 + Math.exp(-odds));
    }

    /** The details that both know and agree in. */
    static List<String> same(Sighting one, Sighting other) {
        return compared(one, other, true);
    }

    /** The details that both know and differ in. */
    static List<String> different(Sighting one, Sighting other) {
        return compared(one, other, false);
    }

    private static List<String> compared(Sighting one, Sighting other, boolean same) {
        String[] ours = one.details().split("\\|", -1);
        String[] theirs = other.details().split("\\|", -1);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < DETAILS.size(); i++) {
            boolean known = !ours[i].isEmpty() && !theirs[i].isEmpty() && !ours[i].equals(UNKNOWN) && !theirs[i].equals(UNKNOWN);
            if (known && ours[i].equals(theirs[i]) == same) {
                found.add(DETAILS.get(i));
            }
        }
        return found;
    }
}
