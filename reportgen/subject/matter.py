"""The matters (事项) a report is used for, and from which a ban may exclude a subject."""

from enum import StrEnum


class Matter(StrEnum):
    """What the report is used for (DOMAIN §1, 16)."""

    WORKS_TENDER = "工程招标投标"
    GOVERNMENT_PROCUREMENT = "政府采购"
    LAND = "土地使用权出让"
    STATE_PROPERTY = "国有产权交易"
    SUBSIDY = "财政补助"
    TAX_RELIEF = "税收优惠"
    AWARD = "评优评级"
    QUALIFICATION = "资质审核认定"
    PUBLIC_RESOURCE = "公共资源分配"
    INVESTMENT = "招商引资"
    APPROVAL = "项目审批核准"
    FINANCING = "发债与融资担保"
    OTHER = "其他"
