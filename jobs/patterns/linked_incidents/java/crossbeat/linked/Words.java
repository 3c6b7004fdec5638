package crossbeat.linked;

import java.util.Arrays;

/**
 * Texts that many incidents of a key share (districts, categories, lists of districts), packed in one array of bytes and
 * named by their number: each a length of two bytes, the lower first, and the text. Never changed in place.
 */
final class Words {
    private static final byte[] EMPTY = {};
    private static final int LONGEST = 0xFFFF;

    private Words() {}

    static byte[] empty() {
        return EMPTY;
    }

    /** The text of a number. */
    static byte[] get(byte[] words, int number) {
        int at = 0;
        for (int skip = number; skip > 0; skip--) {
            at += 2 + length(words, at);
        }
        return Arrays.copyOfRange(words, at + 2, at + 2 + length(words, at));
    }

    /** The number of a text, -1 if it is not there. */
    static int find(byte[] words, byte[] text) {
        int number = 0;
        for (int at = 0; at < words.length; number++) {
            int length = length(words, at);
            if (length == text.length && Arrays.equals(words, at + 2, at + 2 + length, text, 0, length)) {
                return number;
            }
            at += 2 + length;
        }
        return -1;
    }

    /** The same array if it has the text, otherwise a copy with the text at its end. */
    static byte[] with(byte[] words, byte[] text) {
        if (find(words, text) >= 0) {
            return words;
        }
        if (text.length > LONGEST) {
            throw new IllegalArgumentException("a text of " + text.length + " bytes is too long for the state");
        }
        int end = words.length;
        byte[] grown = Arrays.copyOf(words, end + 2 + text.length);
        grown[end] = (byte) text.length;
        grown[end + 1] = (byte) (text.length >> 8);
        System.arraycopy(text, 0, grown, end + 2, text.length);
        return grown;
    }

    private static int length(byte[] words, int at) {
        return (words[at] & 0xFF) | (words[at + 1] & 0xFF) << 8;
    }
}
