package crossbeat.linkage;

import java.util.Arrays;

/**
 * A fitted table of weights. The form is that which jobs/linkage/render.py writes, one fact a line: see {@link Fitted}.
 * Immutable once parsed, and so for any number of threads.
 */
public final class Weights {
    private static final Weights SHIPPED = parse(Fitted.TEXT);

    final Field[] fields = Arrays.stream(Deed.FIELDS).map(Field::new).toArray(Field[]::new);
    double prior;
    double reachMetres = Double.POSITIVE_INFINITY;
    double reachDays = Double.POSITIVE_INFINITY;
    Curve metres = Curve.NONE;
    Curve days = Curve.NONE;
    Curve hours = Curve.NONE;

    private Weights() {}

    /** The weights of jobs/linkage/contract.toml. */
    public static Weights shipped() {
        return SHIPPED;
    }

    /**
     * Reads weights.
     *
     * @throws IllegalArgumentException a line is none of those that there are
     */
    public static Weights parse(String text) {
        Weights weights = new Weights();
        text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(weights::take);
        return weights;
    }

    private void take(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "prior" -> prior = Double.parseDouble(words[1]);
            case "reach" -> {
                reachMetres = Double.parseDouble(words[1]);
                reachDays = Double.parseDouble(words[2]);
            }
            case "curve" -> curve(words[1], curve(words));
            case "differs" -> field(words[1]).differs = Double.parseDouble(words[2]);
            case "unseen" -> field(words[1]).unseen = Double.parseDouble(words[2]);
            case "same" -> field(words[1]).same.put(words[2], Double.parseDouble(words[3]));
            case "phrase" -> field(words[1]).phrases.put(words[2], line.split(" ", 4)[3]);
            case "untold" -> field(words[1]).told = false;
            default -> throw new IllegalArgumentException("no line of weights begins so: " + line);
        }
    }

    private void curve(String name, Curve curve) {
        switch (name) {
            case "metres" -> metres = curve;
            case "days" -> days = curve;
            case "hours" -> hours = curve;
            default -> throw new IllegalArgumentException("a curve that two records alone do not give: " + name);
        }
    }

    private static Curve curve(String[] words) {
        double offset = Double.parseDouble(words[2]);
        int count = words.length - 3;
        double[] logs = new double[count];
        double[] weights = new double[count];
        for (int n = 0; n < count; n++) {
            String[] point = words[n + 3].split(":");
            logs[n] = Math.log(Double.parseDouble(point[0]) + offset);
            weights[n] = Double.parseDouble(point[1]);
        }
        return new Curve(offset, logs, weights);
    }

    private Field field(String name) {
        return Arrays.stream(fields)
                .filter(field -> field.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no field is called " + name));
    }
}
