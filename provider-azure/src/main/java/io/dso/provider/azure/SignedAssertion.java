package io.dso.provider.azure;

import io.dso.provider.sdk.Pem;
import io.dso.provider.sdk.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** A JSON Web Token by which an application proves that it has the key of a certificate that Entra knows (RFC 7523). */
final class SignedAssertion {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final PSSParameterSpec SHA256 =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private SignedAssertion() {}

    /**
     * @param file the certificate and its RSA key, as PEM (PKCS #8), in any order
     * @param client the application's ID
     * @param audience who shall accept it
     */
    static String of(Path file, String client, URI audience, Instant now) throws StoreException {
        try {
            var certificate = Pem.certificates(file).getFirst();
            var signed = part("{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"" + thumbprint(certificate) + "\"}")
                    + "."
                    + part("{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s\",\"nbf\":%d,\"exp\":%d}"
                            .formatted(
                                    audience,
                                    client,
                                    client,
                                    UUID.randomUUID(),
                                    now.getEpochSecond(),
                                    now.plus(LIFE).getEpochSecond()));
            var signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(SHA256);
            signature.initSign(Pem.privateKey(file, "RSA"));
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signature.sign());
        } catch (Pem.Malformed e) {
            throw StoreException.unauthenticated(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw StoreException.unauthenticated(
                    file + " can't be read: " + e.getClass().getSimpleName());
        } catch (GeneralSecurityException e) {
            throw StoreException.unauthenticated(file + " doesn't hold a certificate and its RSA key as PEM");
        }
    }

    private static String thumbprint(X509Certificate certificate) throws GeneralSecurityException {
        return base64(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    private static String part(String json) {
        return base64(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
