package crossbeat.coverage;

import crossbeat.state.Packed;

/** A duty at an area: its shift group, from when to when (milliseconds UTC), and the strength that is planned. */
record Duty(String id, int revision, String group, long from, long to, int officers, int auxiliaries, boolean gone) {
    boolean stands(long at) {
        return from <= at && at < to;
    }

    static void write(Duty duty, Packed.Out out) {
        out.text(duty.id).number(duty.revision).text(duty.group).number(duty.from).number(duty.to);
        out.number(duty.officers).number(duty.auxiliaries).number(duty.gone ? 1 : 0);
    }

    static Duty read(Packed.In in) {
        return new Duty(
                in.text(),
                (int) in.number(),
                in.text(),
                in.number(),
                in.number(),
                (int) in.number(),
                (int) in.number(),
                in.number() == 1);
    }
}
