package crossbeat.avro;

import java.io.IOException;

/** A message that is no record of any contract, and why: its own fault, which no other try mends. */
public final class Undecodable extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param why what is wrong with it; never anything of what it says */
    public Undecodable(String why) {
        super(why);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // a topic full of such messages must not cost a walk through the stack for each
    }
}
