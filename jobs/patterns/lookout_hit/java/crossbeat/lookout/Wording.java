package crossbeat.lookout;

import crossbeat.alert.Words;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.types.Row;

/** A hit in plain words. There is no plate in it, for the platform has none. */
record Wording(
        String camera,
        String cameraDistrict,
        String owner,
        String caseReference,
        String reason,
        String authority,
        double confidence,
        double lat,
        double lon,
        long at,
        long until) {
    private static final Map<String, String> REASONS = Map.of(
            "stolen_vehicle", "it is stolen",
            "used_in_offence", "it was used in the offence of the case",
            "false_plates", "it carries plates that are not its own",
            "left_collision", "it left a collision in which somebody was hurt",
            "danger_to_life", "somebody in it or near it is in danger of life",
            "court_order", "a court ordered that it be found or seized");

    static Wording of(Row hit) {
        return new Wording(
                hit.getFieldAs("camera"),
                hit.getFieldAs("camera_district"),
                hit.getFieldAs("owner"),
                hit.getFieldAs("case_reference"),
                hit.getFieldAs("reason"),
                hit.getFieldAs("authority"),
                hit.getFieldAs("confidence"),
                hit.getFieldAs("lat"),
                hit.getFieldAs("lon"),
                Tell.milliseconds(hit, "read_at"),
                Tell.milliseconds(hit, "until"));
    }

    String headline() {
        return "Verify before acting: vehicle of case " + caseReference + " (" + owner + ") read by camera " + camera
                + " (" + cameraDistrict + ") " + Words.at(at);
    }

    String description() {
        String sure = confidence < 0 ? "how sure the reader was is not told" : "the reader was " + Words.percent(confidence) + " sure";
        return String.format(
                Locale.ROOT,
                "Verify before acting. Camera %s of %s read, on %s at %.5f, %.5f, a vehicle that %s looks for; %s."
                        + " Case %s; reason: %s; authorised by the role %s; the look-out ends %s."
                        + " It was raised because the keyed token of the read is that of the look-out, and the read lies within its time."
                        + " It does not say who drives, nor that this is the vehicle: a reader mistakes plates, and plates are copied and stolen."
                        + " First compare plate, make and colour with the case, by sight or with the desk of %s, who has the plate: none is in this alert."
                        + " Then answer it: useful where it was the vehicle, false where it was another."
                        + " Other reads of it, if there are any, are alerts of their own; reads that no look-out asks for are not kept.",
                camera,
                cameraDistrict,
                Words.at(at),
                lat,
                lon,
                owner,
                sure,
                caseReference,
                REASONS.getOrDefault(reason, Words.plain(reason)),
                Words.plain(authority),
                Words.at(until),
                owner);
    }

    /** The category of the case as far as the reason tells it. */
    String category() {
        return reason.equals("stolen_vehicle") || reason.equals("false_plates") ? "motor_vehicle_theft" : "public_order";
    }
}
