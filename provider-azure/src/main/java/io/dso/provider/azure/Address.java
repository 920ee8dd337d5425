package io.dso.provider.azure;

import io.dso.provider.sdk.StoreException;
import java.util.regex.Pattern;

/**
 * What a path of the configuration names.
 *
 * <pre>
 * db-password                   a secret
 * cert:shop-tls                 a certificate with its private key, as PEM
 * db-password?version=ID        that version and no other
 * </pre>
 *
 * @param name as Key Vault knows it
 */
record Address(Kind kind, String name, Pick pick) {
    private static final String CERTIFICATE = "cert:";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,127}");
    private static final Pattern OPTION = Pattern.compile("version=([A-Za-z0-9]{1,64})");

    /** What kind of thing it is. */
    enum Kind {
        SECRET,
        CERTIFICATE
    }

    /** Which version. */
    sealed interface Pick {
        /** The newest that is valid. */
        record Current() implements Pick {}

        /** This one, whatever is current. */
        record Version(String id) implements Pick {}
    }

    /** @throws StoreException INVALID if the option is wrong, NOT_FOUND if no vault has such a name */
    static Address of(String path) throws StoreException {
        int mark = path.indexOf('?');
        var subject = mark < 0 ? path : path.substring(0, mark);
        var kind = subject.startsWith(CERTIFICATE) ? Kind.CERTIFICATE : Kind.SECRET;
        var name = kind == Kind.CERTIFICATE ? subject.substring(CERTIFICATE.length()) : subject;
        if (!NAME.matcher(name).matches()) {
            throw StoreException.notFound(
                    "no vault has a secret " + name + ": names have 1 to 127 letters, digits and dashes");
        }
        if (mark < 0) {
            return new Address(kind, name, new Pick.Current());
        }
        var option = OPTION.matcher(path.substring(mark + 1));
        if (!option.matches()) {
            throw StoreException.invalid("path " + path + ": the only option is version, as in ?version=ID");
        }
        return new Address(kind, name, new Pick.Version(option.group(1)));
    }
}
