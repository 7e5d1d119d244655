"""What tables say of people: the columns of an owner, and names of columns in both languages that mean them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from citygrid_plugin.core import fields

PEOPLE: Final = (*fields.PERSON, fields.DEPARTMENT)
"""Who answers for something: person, post, telephone, from when, until when, department (all text)."""

PEOPLE_SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.OWNER: (
        "责任人", "责任人姓名", "负责人", "网格员", "网格长", "路段长", "路长", "街长", "包干领导", "包干责任人",
        "领导", "责任领导", "姓名", "人员", "person", "person in charge", "responsible", "responsible person", "leader",
        "inspector", "full name",
    ),
    fields.POST: ("职务", "岗位", "职位", "职责", "position", "job title", "role"),
    fields.PHONE: (
        "电话", "联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "telephone", "mobile", "phone number",
        "tel", "contact",
    ),
    fields.FROM_DATE: (
        "开始日期", "起始日期", "生效日期", "任职日期", "开始时间", "from date", "start date", "valid from", "since",
    ),
    fields.TO_DATE: (
        "结束日期", "截止日期", "终止日期", "失效日期", "结束时间", "to date", "end date", "valid to", "until",
    ),
    fields.DEPARTMENT: (
        "部门", "责任部门", "责任单位", "包干单位", "包干部门", "单位", "单位名称", "所属单位", "所在单位", "主管部门",
        "department", "organisation", "organization",
    ),
}  # fmt: skip
"""Names of columns that are taken where none is chosen (ours), the most telling first."""
