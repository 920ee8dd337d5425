package io.dso.agent.fetch;

import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import java.util.Map;

/** The values of one bundle version, together. Close wipes all. */
public final class Values implements AutoCloseable {
    private final Map<SecretRef, SecretValue> values;

    Values(Map<SecretRef, SecretValue> values) {
        this.values = values;
    }

    /** Lent: the map and what is in it stay this object's. */
    public Map<SecretRef, SecretValue> byRef() {
        return values;
    }

    @Override
    public void close() {
        values.values().forEach(SecretValue::close);
    }

    @Override
    public String toString() {
        return "Values" + values.keySet();
    }
}
