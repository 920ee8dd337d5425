package io.dso.provider.sdk;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Reads certificates and keys as OpenSSL writes them; both may stand in one file. Every copy that is ours is wiped. */
public final class Pem {
    private Pem() {}

    /** The file holds something else. Its message is for people, and quotes nothing. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        private Malformed(String message) {
            super(message);
        }
    }

    /**
     * At least one.
     *
     * @throws IOException if the file can't be read, or is {@link Malformed}
     */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        var blocks = blocks(file, "CERTIFICATE");
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var found = new ArrayList<X509Certificate>();
            for (byte[] block : blocks) {
                found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
            }
            if (!found.isEmpty()) {
                return List.copyOf(found);
            }
        } catch (GeneralSecurityException e) {
            // Said below, as for a file without any.
        }
        throw new Malformed(file + " holds no certificates in PEM");
    }

    /** Trusts these authorities and no others; else as {@link #certificates}. */
    public static TrustManager[] authorities(Path file) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (var authority : certificates(file)) {
            store.setCertificateEntry("ca-" + number++, authority);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /**
     * A PKCS#8 key without a passphrase.
     *
     * @throws IOException if the file can't be read, or is {@link Malformed}
     */
    public static PrivateKey privateKey(Path file, String algorithm) throws IOException {
        var blocks = blocks(file, "PRIVATE KEY");
        try {
            if (blocks.isEmpty()) {
                throw new Malformed(file + " holds no PKCS#8 key in PEM; openssl pkcs8 -topk8 -nocrypt makes one");
            }
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(blocks.getFirst()));
        } catch (GeneralSecurityException e) {
            throw new Malformed(file + " holds no key for the certificate beside it");
        } finally {
            blocks.forEach(block -> Arrays.fill(block, (byte) 0));
        }
    }

    /** What stands in all blocks of this label. */
    private static List<byte[]> blocks(Path file, String label) throws IOException {
        byte[] begin = ("-----BEGIN " + label + "-----").getBytes(StandardCharsets.US_ASCII);
        byte[] end = ("-----END " + label + "-----").getBytes(StandardCharsets.US_ASCII);
        var blocks = new ArrayList<byte[]>();
        byte[] text = Files.readAllBytes(file);
        try {
            int from = indexOf(text, begin, 0);
            while (from >= 0) {
                int to = indexOf(text, end, from);
                if (to < 0) {
                    return blocks;
                }
                blocks.add(decoded(text, from + begin.length, to));
                from = indexOf(text, begin, to);
            }
            return blocks;
        } catch (IllegalArgumentException e) {
            blocks.forEach(block -> Arrays.fill(block, (byte) 0));
            throw new Malformed(file + " holds no good " + label + " in PEM");
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private static byte[] decoded(byte[] text, int from, int to) {
        byte[] base64 = Arrays.copyOfRange(text, from, to);
        try {
            return Base64.getMimeDecoder().decode(base64);
        } finally {
            Arrays.fill(base64, (byte) 0);
        }
    }

    private static int indexOf(byte[] text, byte[] wanted, int from) {
        for (int at = from; at <= text.length - wanted.length; at++) {
            if (Arrays.equals(text, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
