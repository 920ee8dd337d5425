package io.dso.provider.sdk;

import java.util.Collection;

/** Where a watching store reports to. Thread-safe; never blocks: reports that wait for a slow agent are merged. */
public interface Changes {

    /**
     * From now on no change is missed. Called once, before the first report: a change between the agent's last look
     * and this moment is found by the look that the agent takes when it hears this.
     */
    void armed();

    /** These may have changed. Names nobody asked for are dropped. */
    void changed(Collection<SecretName> names);
}
