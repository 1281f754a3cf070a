"""Switches for what the documents leave open about OBS. Defaults: the documented or the more likely behaviour."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ObsSwitches(BaseModel):
    """The switches of the OBS simulator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    obs_aws_chunked: Literal["verbatim", "refused"] = Field(
        "verbatim",
        description="a body in aws-chunked framing (x-amz-content-sha256: STREAMING-...): `verbatim` stores framing "
        "and trailers as content, `refused` answers 400 XAmzContentSHA256Mismatch; both have been observed",
    )
    obs_invalid_range: Literal["whole", "416"] = Field(
        "whole",
        description="a Range outside the object: `whole` answers 200 and the whole object, as documented; `416` "
        "answers InvalidRange, which is in the list of error codes",
    )
    obs_envelope: Literal["A", "B", "C"] = Field(
        "A", description="the format of event messages: `A` OBS 3.0, `B` S3 2.0, `C` EventGrid (CloudEvents)"
    )
    obs_event_keys_encoded: bool = Field(
        True, description="object keys in envelopes B and C are URL-encoded; in A always"
    )
    obs_event_sparse: bool = Field(
        False, description="envelope B as in FunctionGraph's sample: arn:fss, and without four of its fields"
    )
    obs_event_prefix: bool = Field(False, description="event names in envelope B start with `s3:`")
    obs_event_data_list: bool = Field(False, description="data of envelope C is a list with one record")
    obs_event_subject_encoded: bool = Field(False, description="subject of envelope C is URL-encoded")
    obs_event_sequencer: Literal["1", "hex"] = Field(
        "1",
        description="sequencer of envelope C: always `1`, as in the known sample, or increasing, as in A and B",
    )
    obs_event_time_local: bool = Field(
        True, description="eventTime of envelope C is China's local time, although labelled Z"
    )
    obs_new_rules: bool = Field(
        True,
        description="event rules can be set; off: they can only be read and removed, and a new one answers 405",
    )
    obs_path_style: bool = Field(
        True,
        description="the bucket may be in the path, which 127.0.0.1 requires; off: such requests for objects are "
        "answered with 404 NoSuchKey, as OBS's domains do since the end of 2023",
    )
    obs_test_message: bool = Field(True, description="setting an event rule sends a test message without Records")
    obs_test_body: Literal["s3", "words"] = Field(
        "s3", description="that message is a JSON object like S3's, or plain text"
    )
    obs_bulk_delete_needs_md5: bool = Field(
        True, description="DeleteObjects without Content-MD5 is refused with 400, even with another checksum"
    )
    obs_copied_in_events: bool = Field(
        True, description="files copied into the folder create events, like a PUT; off: only a sweep finds them"
    )
