package crossbeat.alert;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What an alert rested on, packed for state: a Cancel repeats it, and nothing else of the alert. */
record Evidence(
        String[] ids,
        String[] districts,
        String category,
        double lat,
        double lon,
        double radius,
        long first,
        long last,
        long expires) {

    byte[] pack() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + 40 * ids.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, ids);
            write(out, districts);
            out.writeUTF(category);
            out.writeDouble(lat);
            out.writeDouble(lon);
            out.writeDouble(radius);
            out.writeLong(first);
            out.writeLong(last);
            out.writeLong(expires);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return bytes.toByteArray();
    }

    static Evidence unpack(byte[] packed) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            return new Evidence(
                    read(in),
                    read(in),
                    in.readUTF(),
                    in.readDouble(),
                    in.readDouble(),
                    in.readDouble(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private static void write(DataOutputStream out, String[] texts) throws IOException {
        out.writeInt(texts.length);
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static String[] read(DataInputStream in) throws IOException {
        String[] texts = new String[in.readInt()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = in.readUTF();
        }
        return texts;
    }
}
