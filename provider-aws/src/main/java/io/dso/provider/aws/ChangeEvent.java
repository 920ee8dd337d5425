package io.dso.provider.aws;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event of EventBridge, as far as it says what changed. It knows the services' own events and those of CloudTrail, and it
 * is only a hint: one that can't be read is about everything.
 *
 * @param source the service, e.g. {@code aws.ssm}; empty if unknown
 * @param subjects names and ARNs of what changed; empty if unknown
 */
record ChangeEvent(String source, Set<String> subjects) {
    private static final String SECRET_IN_ARN = ":secret:";

    static ChangeEvent parse(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject event) {
                var subjects = new HashSet<String>();
                if (event.get("resources") instanceof JsonArray resources) {
                    resources.forEach(resource -> add(resource, subjects));
                }
                var detail = part(event, "detail");
                add(detail.get("name"), subjects);
                add(part(detail, "requestParameters").get("secretId"), subjects);
                add(part(detail, "requestParameters").get("name"), subjects);
                add(part(detail, "additionalEventData").get("SecretId"), subjects);
                add(part(detail, "responseElements").get("arn"), subjects);
                add(part(detail, "responseElements").get("aRN"), subjects); // some of CloudTrail's are written so
                return new ChangeEvent(
                        event.get("source") instanceof JsonPrimitive source ? source.getAsString() : "", subjects);
            }
        } catch (JsonParseException e) {
            // Somebody wrote to the queue by hand.
        }
        return new ChangeEvent("", Set.of());
    }

    private static JsonObject part(JsonObject object, String key) {
        return object.get(key) instanceof JsonObject part ? part : new JsonObject();
    }

    private static void add(@Nullable JsonElement element, Set<String> subjects) {
        if (element instanceof JsonPrimitive text && text.isString()) {
            subjects.add(text.getAsString());
        }
    }

    /** Whether what is at this address may have changed. */
    boolean isAbout(Address address) {
        boolean secret = address.kind() == Address.Kind.SECRET;
        if (!source.isEmpty() && !source.equals(secret ? "aws.secretsmanager" : "aws.ssm")) {
            return false;
        }
        return subjects.isEmpty() || subjects.stream().anyMatch(subject -> means(subject, address));
    }

    private static boolean means(String subject, Address address) {
        var name = address.name();
        return switch (address.kind()) {
            case SECRET -> mayBeSame(withoutArn(subject), withoutArn(name));
            case PARAMETER -> subject.equals(name) || subject.endsWith(":parameter/" + withoutSlash(name));
            case TREE -> subject.startsWith(name) || subject.contains(":parameter" + name);
        };
    }

    private static String withoutArn(String subject) {
        int at = subject.startsWith("arn:") ? subject.indexOf(SECRET_IN_ARN) : -1;
        return at < 0 ? subject : subject.substring(at + SECRET_IN_ARN.length());
    }

    /** In ARNs, a dash and six characters follow the name, and may be left out. */
    private static boolean mayBeSame(String a, String b) {
        var shorter = a.length() < b.length() ? a : b;
        var longer = a.length() < b.length() ? b : a;
        return longer.equals(shorter) || (longer.length() == shorter.length() + 7 && longer.startsWith(shorter + "-"));
    }

    private static String withoutSlash(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }
}
