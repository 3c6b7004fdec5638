package crossbeat.linkage;

/** The log Bayes factor of one feature: straight between its points on the scale log(x + offset), flat outside them. */
record Curve(double offset, double[] logs, double[] weights) {
    /** A curve that says nothing. */
    static final Curve NONE = new Curve(1, new double[] {0}, new double[] {0});

    double at(double x) {
        double log = Math.log(x + offset);
        int last = logs.length - 1;
        if (log <= logs[0]) {
            return weights[0];
        }
        if (log >= logs[last]) {
            return weights[last];
        }
        int next = 1;
        while (logs[next] < log) {
            next++;
        }
        double part = (log - logs[next - 1]) / (logs[next] - logs[next - 1]);
        return weights[next - 1] + part * (weights[next] - weights[next - 1]);
    }
}
