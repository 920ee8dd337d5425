package io.dso.provider.aws;

import io.dso.provider.sdk.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a path of the configuration names.
 *
 * <pre>
 * prod/shop/db                          a secret of Secrets Manager, by name or ARN
 * ssm:/prod/shop/api-key                a parameter of Parameter Store
 * ssm:/prod/shop/                       all parameters below, as one JSON object
 * prod/shop/db?stage=AWSPREVIOUS        options: stage or version, region, role
 * </pre>
 *
 * Neither service allows {@code ?} in a name, nor Secrets Manager {@code :} outside of an ARN.
 *
 * @param name as the service knows it
 * @param pick which of its versions
 */
record Address(Kind kind, String name, Pick pick, Place place) {
    private static final String PARAMETER = "ssm:";
    private static final Pattern ARN =
            Pattern.compile("arn:[a-z0-9-]{1,20}:secretsmanager:([a-z0-9-]{1,32}):\\d{12}:secret:[^?:]+");
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9/_+=.@-]+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_.-]+");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Set<String> OPTIONS = new TreeSet<>(Set.of("stage", "version", "region", "role"));

    /** What kind of thing it is. */
    enum Kind {
        SECRET,
        PARAMETER,
        /** All parameters below a name that ends with a slash. */
        TREE
    }

    /** Which version. */
    sealed interface Pick {
        /** The one that is current. */
        record Current() implements Pick {}

        /** The one that has this stage. */
        record Stage(String name) implements Pick {}

        /** This one, whatever is current. */
        record Version(String id) implements Pick {}
    }

    /**
     * @param home where a path that says nothing else is
     * @param roles names of the roles there are
     * @throws StoreException INVALID, with what is wrong
     */
    static Address of(String path, Place home, Set<String> roles) throws StoreException {
        int mark = path.indexOf('?');
        var subject = mark < 0 ? path : path.substring(0, mark);
        var options = mark < 0 ? Map.<String, String>of() : options(path, path.substring(mark + 1));
        var arn = ARN.matcher(subject);
        var region = options.getOrDefault("region", arn.matches() ? arn.group(1) : home.region());
        var role = options.getOrDefault("role", home.role());
        if (!REGION.matcher(region).matches()) {
            throw wrong(path, "its region is none");
        }
        if (!role.isEmpty() && !roles.contains(role)) {
            throw wrong(path, "the provider's configuration has no role '" + role + "'");
        }
        var place = new Place(region, role);
        if (subject.startsWith(PARAMETER)) {
            return parameter(path, subject.substring(PARAMETER.length()), options, place);
        }
        if (!arn.matches() && !SECRET.matcher(subject).matches()) {
            throw wrong(path, "that is no name of a secret, nor an ARN of one, and parameters begin with ssm:");
        }
        return new Address(Kind.SECRET, subject, secretPick(path, options), place);
    }

    private static Address parameter(String path, String name, Map<String, String> options, Place place)
            throws StoreException {
        var kind = name.endsWith("/") ? Kind.TREE : Kind.PARAMETER;
        var version = options.get("version");
        if (!NAME.matcher(name).matches()) {
            throw wrong(path, "that is no name of a parameter");
        }
        if (options.containsKey("stage")) {
            throw wrong(path, "parameters have versions, but no stages");
        }
        if (kind == Kind.TREE && (version != null || !name.startsWith("/"))) {
            throw wrong(path, "a tree begins with a slash and has no version of its own");
        }
        if (version == null) {
            return new Address(kind, name, new Pick.Current(), place);
        }
        if (!version.matches("[1-9]\\d{0,17}")) {
            throw wrong(path, "a parameter's version is a number");
        }
        return new Address(kind, name, new Pick.Version(version), place);
    }

    private static Pick secretPick(String path, Map<String, String> options) throws StoreException {
        var stage = options.get("stage");
        var version = options.get("version");
        if (stage != null && version != null) {
            throw wrong(path, "stage and version exclude each other");
        }
        if ("AWSPENDING".equals(stage)) {
            throw wrong(path, "AWSPENDING is a rotation under way, which is not delivered");
        }
        if (stage != null) {
            return new Pick.Stage(stage);
        }
        return version == null ? new Pick.Current() : new Pick.Version(version);
    }

    private static Map<String, String> options(String path, String text) throws StoreException {
        var options = new HashMap<String, String>();
        for (var option : text.split("&", -1)) {
            int is = option.indexOf('=');
            if (is < 1 || is == option.length() - 1 || !OPTIONS.contains(option.substring(0, is))) {
                throw wrong(path, "options are " + String.join(", ", OPTIONS) + ", as in ?stage=AWSPREVIOUS");
            }
            if (options.put(option.substring(0, is), option.substring(is + 1)) != null) {
                throw wrong(path, "an option is there twice");
            }
        }
        return options;
    }

    private static StoreException wrong(String path, String why) {
        return StoreException.invalid("path " + path + ": " + why);
    }
}
