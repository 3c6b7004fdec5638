package crossbeat.campaign;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One name for all the ways in which an indicator is written, so that they meet: what a hurried reader takes for the same
 * is the same. After the skeletons of Unicode Technical Standard 39 (section 4), with the digits that stand for letters in
 * names made to deceive. A skeleton is compared and never shown: of two names with one skeleton neither need be false.
 */
final class Skeleton {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern WEB = Pattern.compile("^www\\d?\\.(?=.*\\.)");
    private static final Pattern CASELESS_WALLET = Pattern.compile("(?i)(0x[0-9a-f]+|(bc|tb|ltc)1[0-9a-z]+)");
    /** Country calling codes of one and two digits (ITU-T E.164); all others have three. */
    private static final Set<String> SHORT_CODES = Set.of(
            ("1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82"
                            + " 84 86 90 91 92 93 94 95 98")
                    .split(" "));
    /** Where a nought after the code is part of the number: Italy, Ivory Coast, Gabon, Congo, San Marino, the Vatican. */
    private static final Set<String> NOUGHT_COUNTS = Set.of("39", "225", "241", "242", "378", "379");

    private final Map<Integer, String> alike = new HashMap<>();

    /** {@code lookAlikes}: groups, separated by spaces; all characters of a group are taken for its first. */
    Skeleton(String lookAlikes) {
        for (String group : lookAlikes.split(" ")) {
            String first = Character.toString(group.codePointAt(0));
            group.codePoints().skip(1).forEach(other -> alike.put(other, first));
        }
    }

    /** The skeleton of an indicator as the contract has it, {@code domain:…}, {@code phone:…} and so on. */
    String of(String indicator) {
        String[] parts = indicator.split(":", 2);
        return parts[0] + ":" + switch (parts[0]) {
            case "domain" -> domain(parts[1]);
            case "phone" -> phone(parts[1]);
            case "wallet" -> CASELESS_WALLET.matcher(parts[1]).matches() ? parts[1].toLowerCase(Locale.ROOT) : parts[1];
            default -> parts[1];
        };
    }

    private String domain(String name) {
        String bare = WEB.matcher(name.toLowerCase(Locale.ROOT)).replaceFirst("");
        return Arrays.stream(bare.split("\\.")).map(this::label).collect(Collectors.joining("."));
    }

    private String label(String label) {
        // A label that is no punycode after all is given back as it is.
        String written = label.startsWith("xn--") ? IDN.toUnicode(label, IDN.ALLOW_UNASSIGNED) : label;
        String plain = MARKS.matcher(Normalizer.normalize(written, Normalizer.Form.NFKD)).replaceAll("");
        return plain.toLowerCase(Locale.ROOT)
                .codePoints()
                .mapToObj(each -> alike.getOrDefault(each, Character.toString(each)))
                .collect(Collectors.joining())
                .replace("rn", "m")
                .replace("vv", "w");
    }

    /** Without the trunk nought that many put between the country and the number: +44 (0)20 … is +44 20 …. */
    private static String phone(String number) {
        for (int length = 1; length <= 3 && length + 1 < number.length(); length++) {
            String code = number.substring(1, 1 + length);
            if (length == 3 || SHORT_CODES.contains(code)) {
                String rest = number.substring(1 + length);
                boolean trunk = rest.startsWith("0") && !NOUGHT_COUNTS.contains(code);
                return "+" + code + (trunk ? rest.substring(1) : rest);
            }
        }
        return number;
    }
}
