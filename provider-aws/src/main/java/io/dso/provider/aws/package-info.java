/**
 * The provider process over AWS Secrets Manager and SSM Parameter Store. In: requests of the SDK, events of a queue. Out:
 * versions, values, reports of change, each failure with its reason. What a change means is left to the agent.
 */
@NullMarked
package io.dso.provider.aws;

import org.jspecify.annotations.NullMarked;
