package io.dso.provider.aws;

/**
 * Where calls go, and as whom.
 *
 * @param region a region's name, e.g. {@code eu-central-1}
 * @param role a name from the configuration's {@code roles}; empty for the provider's own identity
 */
record Place(String region, String role) {

    /** For people: {@code eu-central-1} or {@code eu-central-1 as reader}. */
    @Override
    public String toString() {
        return role.isEmpty() ? region : region + " as " + role;
    }
}
