package io.dso.agent.render;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.Format;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns values into files. */
public final class Renderer {
    private Renderer() {}

    /**
     * The files of a bundle. The values stay the caller's, who closes both.
     *
     * @param values a value for each of the bundle's refs
     * @return refused as INVALID if a value can't be said in the format
     */
    public static Answer<RenderedFiles> render(Bundle bundle, Map<SecretRef, SecretValue> values) {
        return switch (bundle.format()) {
            case Format.Files() -> Answer.got(files(bundle, values));
            case Format.Json(var file) -> json(bundle, values, file);
        };
    }

    private static RenderedFiles files(Bundle bundle, Map<SecretRef, SecretValue> values) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (var item : bundle.items()) {
            files.put(item.file(), value(values, item.ref()).use(byte[]::clone));
        }
        return new RenderedFiles(files);
    }

    private static Answer<RenderedFiles> json(Bundle bundle, Map<SecretRef, SecretValue> values, String file) {
        try (var out = new JsonBytes()) {
            out.raw("{");
            var separator = "";
            for (var item : bundle.items()) {
                out.raw(separator).string(item.file()).raw(":");
                if (!value(values, item.ref()).use(out::text)) {
                    return Answer.refused(new Refusal(
                            Refusal.Kind.INVALID,
                            "secret %s of bundle %s is not UTF-8 text and can't be a JSON string; use format files"
                                    .formatted(item.ref(), bundle.name())));
                }
                separator = ",";
            }
            out.raw("}\n");
            return Answer.got(new RenderedFiles(Map.of(file, out.copy())));
        }
    }

    private static SecretValue value(Map<SecretRef, SecretValue> values, SecretRef ref) {
        var value = values.get(ref);
        if (value == null) {
            throw new IllegalArgumentException("no value for " + ref);
        }
        return value;
    }
}
