package io.dso.provider.vault.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Reads certificates and keys as OpenSSL writes them. */
final class Pem {
    private static final byte[] BEGIN_KEY = "-----BEGIN PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_KEY = "-----END PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);

    /** At least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            var found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (!found.isEmpty()) {
                return found.stream().map(X509Certificate.class::cast).toList();
            }
        } catch (CertificateException e) {
            throw new IOException(file + " holds no certificates in PEM", e);
        }
        throw new IOException(file + " holds no certificates in PEM");
    }

    /** A PKCS#8 key without a passphrase. Every copy that is ours is wiped. */
    static PrivateKey privateKey(Path file, String algorithm) throws IOException {
        byte[] text = Files.readAllBytes(file);
        byte[] der = {};
        try {
            int begin = indexOf(text, BEGIN_KEY, 0);
            int end = begin < 0 ? -1 : indexOf(text, END_KEY, begin);
            if (end < 0) {
                throw new IOException(file + " holds no PKCS#8 key in PEM; openssl pkcs8 -topk8 -nocrypt makes one");
            }
            byte[] base64 = Arrays.copyOfRange(text, begin + BEGIN_KEY.length, end);
            try {
                der = Base64.getMimeDecoder().decode(base64);
            } finally {
                Arrays.fill(base64, (byte) 0);
            }
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + " holds no key for the certificate beside it", e);
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(der, (byte) 0);
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

    private Pem() {}
}
